import assert from 'node:assert/strict'
import {setTimeout as sleep} from 'node:timers/promises'

import type {Stored} from '../core/checkpoint.js'
import type {Context} from '../core/context.js'
import type {TierHandlers} from '../core/handlers.js'
import {newCheckpointId, type CheckpointId} from '../core/ids.js'
import type {Lease, LeaseRequest} from '../core/lease.js'
import type {RestorableTier, RestoreHandlers} from '../core/restore.js'
import type {Artifacts, Tier} from '../core/tier.js'
import type {Lab} from './lab.js'
import {checkpointDraft, checkpointRecord, leaseRecord} from './records.js'

export interface CreateOptions<T extends Tier> {
  readonly id?: CheckpointId
  readonly parent?: Stored<T>
  readonly context?: Context
  /** Called after what the handler records was kept. */
  readonly record?: (artifact: Artifacts[T]) => Promise<void>
}

/** A lab for the cases of one tier. Checkpoints that are made here are deleted when the case ends. */
export interface TierLab<T extends Tier> extends Lab {
  readonly tier: T
  readonly handlers: TierHandlers<T>
  readonly create: (lease: Lease, options?: CreateOptions<T>) => Promise<Stored<T>>
  readonly fork: (checkpoint: Stored<T>, request?: LeaseRequest, context?: Context) => Promise<Lease>
  readonly delete: (checkpoint: Stored<T>) => Promise<void>
}

/** A lab for the cases of one tier that is restored in place. */
export interface RestoreLab<T extends RestorableTier> extends TierLab<T> {
  readonly restores: RestoreHandlers<T>
}

/** Milliseconds between two looks at a checkpoint that was cut. */
const PAUSE = 500

async function untilReady<T extends Tier>(
  handlers: TierHandlers<T>,
  checkpoint: Stored<T>,
  context: Context,
): Promise<Stored<T>> {
  if (checkpoint.state !== 'cut') return checkpoint
  for (;;) {
    const found = await handlers.refresh?.(checkpoint, context)
    assert.ok(found !== undefined, 'create answers with cut, and the tier has no refresh')
    assert.notEqual(found.state, 'failed', `the checkpoint has failed: ${found.failure ?? 'without a reason'}`)
    if (found.state === 'ready') return {...checkpoint, state: 'ready', artifact: found.artifact, sizes: found.sizes}
    await sleep(PAUSE, undefined, {signal: context.signal})
  }
}

export function tierLab<T extends Tier>(lab: Lab, tier: T, handlers: TierHandlers<T>): TierLab<T> {
  const {records} = lab
  const {provider} = lab.subject
  const keep = async (checkpoint: Stored<T>): Promise<void> => {
    lab.atEnd(checkpoint.id, () => remove(checkpoint))
    await records.put(checkpoint)
  }

  const remove = async (checkpoint: Stored<T>): Promise<void> => {
    await handlers.delete(checkpoint, lab.context)
    await records.remove(checkpoint.id)
    lab.atEnd(checkpoint.id, null)
  }

  return {
    ...lab,
    tier,
    handlers,
    create: async (lease, {id = newCheckpointId(), parent, context = lab.context, record} = {}) => {
      const created = await handlers.create(
        {
          id,
          lease,
          workdir: {path: lease.workdir, relative: '.'},
          parent: parent ?? null,
          excludes: [],
          about: checkpointDraft(id, lease),
          record: async artifact => {
            await keep(checkpointRecord(tier, id, lease, {artifact, state: 'creating'}))
            await record?.(artifact)
          },
        },
        context,
      )
      const cut = checkpointRecord(tier, id, lease, {...created, state: created.state ?? 'ready'})
      const checkpoint = await untilReady(handlers, cut, context)
      await keep(checkpoint)
      return checkpoint
    },
    fork: async (checkpoint, request = lab.request(), context = lab.context) => {
      await lab.announce(request)
      const placement = await handlers.fork({checkpoint, lease: request}, context)
      return leaseRecord(provider.name, request, placement, checkpoint.id)
    },
    delete: remove,
  }
}
