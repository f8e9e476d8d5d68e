import {asCheckpoint, type Checkpoint, type CheckpointOf, type Stored} from '../core/checkpoint.js'
import {cleaningUp} from '../core/cleaning-up.js'
import {busyError, CrabboxError} from '../core/errors.js'
import type {TierHandlers} from '../core/handlers.js'
import {newCheckpointId, type CheckpointId} from '../core/ids.js'
import type {Artifacts, Tier} from '../core/tier.js'
import {handlersFor} from '../core/narrow.js'
import {openCatalog} from '../state/catalog.js'
import {prepareStateDir} from '../state/paths.js'
import {draftRecord, type RecordWish} from './checkpoint-record.js'
import {dialAhead} from './dial.js'
import type {Environment} from './environment.js'
import {withCheckpoint, withLease} from './locking.js'
import {chooseAlike, chooseParent} from './parent.js'
import {awaitReady} from './await-ready.js'
import {chooseFor, requirePossible, type CreateWish} from './plan-create.js'

/** Saves a lease. The record is there, as `creating`, before anything else is. */
export async function createCheckpoint(wish: CreateWish, environment: Environment): Promise<Checkpoint> {
  const chosen = await chooseFor(wish, environment)
  const {tier} = chosen
  dialAhead(chosen.provider, wish.lease, environment)
  const handlers = handlersFor(chosen.provider, tier)
  if (handlers.createProbes !== true) await requirePossible(chosen, wish.lease, environment)
  await prepareStateDir(environment.stateDir)
  const id = wish.id ?? newCheckpointId()
  const guard = {mode: 'exclusive', what: 'checkpoint create', subject: {checkpoint: id}} as const
  const checkpoint = await withLease(environment.stateDir, wish.lease, guard, () =>
    withCheckpoint(environment.stateDir, id, guard, () => make({tier, handlers, id, wish}, environment)),
  )
  // The lease is free again: whoever waits now waits for the provider alone.
  return checkpoint.state === 'cut' && wish.wait !== false ? awaitReady(checkpoint, environment) : checkpoint
}

/** What the making of one checkpoint needs, whatever it stands on. */
interface Job<T extends Tier> {
  readonly tier: T
  readonly handlers: TierHandlers<T>
  readonly id: CheckpointId
  readonly wish: CreateWish
}

async function make<T extends Tier>(job: Job<T>, environment: Environment): Promise<Checkpoint> {
  const {id, tier, wish} = job
  const known = (await openCatalog(environment.stateDir).read()).rows.get(id)
  if (known?.state === 'ready' || known?.state === 'cut') return known
  const parent = await chooseParent(wish.lease, wish.workdir, tier, environment)
  // No other tier borrows, and none is to be made twice because of a checkpoint that it does not stand on.
  const borrows = parent === null && tier === 'workspace-archive'
  const alike = borrows ? await chooseAlike(wish.lease, wish.workdir, tier, environment) : null
  const base = parent ?? alike
  try {
    return await attempt(job, {parent, alike}, environment)
  } catch (error) {
    if (base === null || !(error instanceof CrabboxError) || !PARENT_LOST.includes(error.code)) throw error
    environment.progress.warn(`${base.id}, on which this checkpoint was to stand, is gone: everything is saved anew`)
    return attempt(job, {parent: null, alike: null}, environment)
  }
}

/** What a checkpoint may stand on: one of them, or neither. */
interface Base<T extends Tier> {
  readonly parent: Stored<T> | null
  readonly alike: Stored<T> | null
}

/** Failures after which a checkpoint can still stand on its own. */
const PARENT_LOST = ['PARENT_DELETED', 'MANIFEST_MISSING']

async function attempt<T extends Tier>(
  {tier, handlers, id, wish}: Job<T>,
  {parent, alike}: Base<T>,
  environment: Environment,
): Promise<Checkpoint> {
  const base = parent ?? alike
  const {lease, workdir, excludes} = wish
  let record = draftRecord(tier, recordWish(id, wish, environment.version))
  const store = (next: CheckpointOf<T>, baseNeeded: boolean): Promise<void> =>
    openCatalog(environment.stateDir).transact(rows => {
      // From the moment that a record names them, the files of the other are safe; until then it may be deleted.
      const named = rows.get(id)?.artifact ?? null
      if (baseNeeded && named === null && base !== null && rows.get(base.id)?.state !== 'ready')
        throw parentGone(base.id)
      rows.set(id, asCheckpoint(next))
      record = next
    })
  await store(record, false)
  try {
    const request = {id, lease, workdir, excludes, parent, alike, about: record, reboot: wish.reboot ?? false}
    const created = await handlers.create(
      {...request, record: artifact => store({...record, artifact}, true)},
      environment,
    )
    await store({...record, ...created, state: created.state ?? 'ready'}, false)
    return asCheckpoint(record)
  } catch (error) {
    // Where this fails too (a full disk, say), the record stays as interrupted and the next command cleans it.
    await withdraw(handlers, record, environment).catch(() => undefined)
    throw error
  }
}

const parentGone = (id: CheckpointId): Error =>
  busyError(
    'PARENT_DELETED',
    `${id}, on which this checkpoint was to stand, has just been deleted`,
    'Run the command again.',
  )

/** A failed create leaves nothing: the user has read the reason, and there is nothing to keep. */
async function withdraw<T extends Tier>(
  handlers: TierHandlers<T>,
  record: CheckpointOf<T>,
  environment: Environment,
): Promise<void> {
  const unstoppable = cleaningUp(environment)
  const {artifact} = record
  if (artifact !== null) await handlers.delete({...record, artifact} satisfies {artifact: Artifacts[T]}, unstoppable)
  await openCatalog(environment.stateDir).transact(rows => void rows.delete(record.id))
}

const recordWish = (
  id: CheckpointId,
  {name, lease, workdir, labels, note}: CreateWish,
  version: string,
): RecordWish => ({id, name, lease, repo: lease.repo, workdir, labels, note, version})
