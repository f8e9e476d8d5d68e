import type {Context} from '../core/context.js'
import {reasonOf} from '../core/errors.js'
import {newLeaseId, newSlug} from '../core/ids.js'
import {ANY_HOST, ANY_MACHINE, type Lease, type LeaseReference, type LeaseRequest} from '../core/lease.js'
import type {LeaseOperations} from '../core/provider.js'
import {forgetful} from './lease-keeper.js'
import {leaseRecord} from './records.js'
import type {PreparedSubject, Subject} from './subject.js'
import {transportWorkspace} from './transport-workspace.js'
import type {Workspace} from './workspace.js'

/** What one case works in: a provider, and the duty to leave nothing behind. */
export interface Lab {
  readonly subject: Subject
  readonly records: PreparedSubject['records']
  /** The subject's, with a signal that nobody aborts. */
  readonly context: Context
  readonly leases: LeaseOperations
  readonly workspace: Workspace
  /** A request with a new id. What becomes of it is released when the case ends. */
  readonly request: () => LeaseRequest
  /** Tells the subject's keeper of a lease that is about to be made. */
  readonly announce: (request: Pick<LeaseRequest, 'id'>) => Promise<void>
  /** What there is of a lease after an interruption: its id, and what `acquire` recorded. */
  readonly reference: (lease: Pick<LeaseRequest, 'id'>) => LeaseReference
  readonly acquire: (request?: LeaseRequest) => Promise<Lease>
  readonly release: (lease: Lease) => Promise<void>
  /** What to do for `id` when the case ends; the last one that was told comes first. Null: nothing any more. */
  readonly atEnd: (id: string, clean: (() => Promise<void>) | null) => void
}

/** Gives a case a lab, and cleans up behind it. What cannot be cleaned up is a failure of its own. */
export async function inLab(prepared: PreparedSubject, work: (lab: Lab) => Promise<void>): Promise<void> {
  const ends = new Map<string, () => Promise<void>>()
  const failures: unknown[] = []
  const attempt = async (task: () => Promise<void>): Promise<void> => {
    await task().catch((error: unknown) => failures.push(error))
  }

  await attempt(() => work(openLab(prepared, ends)))
  for (const clean of [...ends.values()].reverse()) await attempt(clean)
  if (failures.length > 1) throw new AggregateError(failures, failures.map(reasonOf).join('; then, cleaning up: '))
  if (failures.length === 1) throw failures[0]
}

function openLab(prepared: PreparedSubject, ends: Map<string, () => Promise<void>>): Lab {
  const {subject, records} = prepared
  const {provider, keeper = forgetful} = subject
  const {leases} = provider
  const context = {...prepared.context, signal: new AbortController().signal}
  const recorded = new Map<string, LeaseReference['details']>()
  const release = async (lease: LeaseReference): Promise<void> => {
    await leases.release(lease, context)
    await keeper.remove(lease.id)
  }
  const lab: Lab = {
    subject,
    records,
    context,
    leases: {
      ...leases,
      acquire: async (request, given) => {
        await lab.announce(request)
        return leases.acquire(request, given)
      },
    },
    workspace: subject.workspace ?? transportWorkspace(leases, context),
    request: () => {
      const id = newLeaseId()
      lab.atEnd(id, () => release(lab.reference({id})))
      return {
        id,
        slug: newSlug(() => false),
        class: subject.class ?? 'tiny',
        repoName: 'sample',
        expiresAt: null,
        host: subject.host ?? ANY_HOST,
        machine: subject.machine ?? ANY_MACHINE,
        record: async details => {
          recorded.set(id, details)
          await keeper.put({id, details})
        },
      }
    },
    announce: request => keeper.put(lab.reference(request)),
    reference: ({id}) => ({id, details: recorded.get(id) ?? {}}),
    acquire: async (request = lab.request()) =>
      leaseRecord(provider.name, request, await lab.leases.acquire(request, context), null),
    release: async ({id, details}) => {
      await release({id, details})
      lab.atEnd(id, null)
    },
    atEnd: (id, clean) => {
      ends.delete(id)
      if (clean !== null) ends.set(id, clean)
    },
  }
  return lab
}
