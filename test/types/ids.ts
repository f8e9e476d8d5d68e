// What must not compile. It is compiled with the tests and never run.
import {
  isLeaseId,
  newLeaseId,
  type CheckpointId,
  type CheckpointName,
  type LeaseId,
  type Slug,
} from '../../src/core/ids.js'
import type {LeaseReference} from '../../src/core/lease.js'
import type {LeaseOperations} from '../../src/core/provider.js'

declare const leases: LeaseOperations
declare const context: Parameters<LeaseOperations['status']>[1]
declare const text: string
declare const checkpoint: CheckpointId

export const sound: LeaseReference = {id: newLeaseId(), details: {}}
if (isLeaseId(text)) void leases.status({id: text, details: {}}, context)

// @ts-expect-error -- text that nobody has looked at is no id
void leases.status({id: text, details: {}}, context)

// @ts-expect-error -- a literal is no id either, however much it looks like one
export const literal: LeaseId = 'cbx_0123456789ab'

// @ts-expect-error -- a checkpoint's id does not name a lease
void leases.release({id: checkpoint, details: {}}, context)

// @ts-expect-error -- a slug is chosen by a user and parsed
export const slug: Slug = text

// @ts-expect-error -- a checkpoint's name is parsed
export const name: CheckpointName = text

// @ts-expect-error -- a name is not an id: it may be ambiguous
export const named: CheckpointId = name
