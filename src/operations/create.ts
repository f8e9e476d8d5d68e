import {asCheckpoint, type Checkpoint, type CheckpointOf, type SavedWorkdir, type Stored} from '../core/checkpoint.js'
import {busyError, CrabboxError, usageError} from '../core/errors.js'
import type {TierHandlers} from '../core/handlers.js'
import {newCheckpointId, type CheckpointId, type CheckpointName} from '../core/ids.js'
import type {Lease} from '../core/lease.js'
import type {Artifacts, Tier} from '../core/tier.js'
import {handlersFor} from '../core/narrow.js'
import {openCatalog} from '../state/catalog.js'
import {prepareStateDir} from '../state/paths.js'
import {chooseTier, type Mode} from '../tiers/choose.js'
import {draftRecord, type RecordWish} from './checkpoint-record.js'
import type {Environment} from './environment.js'
import {withCheckpoint, withLease} from './locking.js'
import {chooseAlike, chooseParent} from './parent.js'
import {awaitReady} from './await-ready.js'

export interface CreateWish {
  readonly lease: Lease
  readonly name: CheckpointName | null
  readonly mode: Mode
  readonly workdir: SavedWorkdir
  readonly excludes: readonly string[]
  readonly labels: Readonly<Record<string, string>>
  readonly note: string | null
  /** Whether the lease's machine may be restarted. Default: no. */
  readonly reboot?: boolean
  /** Whether to wait until there is something to fork from. Default: yes. */
  readonly wait?: boolean
  /** The id to use; the same id again answers with the same checkpoint. Default: a new one. */
  readonly id?: CheckpointId
}

/** What a create would do. */
export interface CreatePlan {
  readonly tier: Tier
  readonly workdir: string
  readonly parent: CheckpointId | null
}

/** Chooses the tier, and refuses what the lease cannot do. Changes nothing. */
export async function planCreate(wish: CreateWish, environment: Environment): Promise<CreatePlan> {
  const provider = await environment.registry.get(wish.lease.provider)
  requireUsable(wish.lease)
  const tier = chooseTier(wish.mode, wish.lease)
  const probe = await handlersFor(provider, tier).probe(wish.lease, environment)
  if (!probe.ok)
    throw usageError(
      'TIER_REFUSED',
      `this lease cannot be saved as ${tier}: ${probe.reason}`,
      'Choose another --mode, or mend the cause.',
    )
  const parent = await chooseParent(wish.lease, wish.workdir, tier, environment)
  return {tier, workdir: wish.workdir.path, parent: parent?.id ?? null}
}

/** Saves a lease. The record is there, as `creating`, before anything else is. */
export async function createCheckpoint(wish: CreateWish, environment: Environment): Promise<Checkpoint> {
  const {tier} = await planCreate(wish, environment)
  const provider = await environment.registry.get(wish.lease.provider)
  await prepareStateDir(environment.stateDir)
  const id = wish.id ?? newCheckpointId()
  const guard = {mode: 'exclusive', what: 'checkpoint create', subject: {checkpoint: id}} as const
  const checkpoint = await withLease(environment.stateDir, wish.lease, guard, () =>
    withCheckpoint(environment.stateDir, id, guard, () =>
      make({tier, handlers: handlersFor(provider, tier), id, wish}, environment),
    ),
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
  const unstoppable = {...environment, signal: new AbortController().signal}
  const {artifact} = record
  if (artifact !== null) await handlers.delete({...record, artifact} satisfies {artifact: Artifacts[T]}, unstoppable)
  await openCatalog(environment.stateDir).transact(rows => void rows.delete(record.id))
}

function requireUsable(lease: Lease): void {
  if (lease.state !== 'ready')
    throw busyError(
      'LEASE_NOT_READY',
      `lease ${lease.slug} is ${lease.state}`,
      `Run crabbox stop --id ${lease.slug} and make another.`,
    )
}

const recordWish = (
  id: CheckpointId,
  {name, lease, workdir, labels, note}: CreateWish,
  version: string,
): RecordWish => ({id, name, lease, repo: lease.repo, workdir, labels, note, version})
