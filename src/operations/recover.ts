import {posix} from 'node:path'

import {asCheckpoint, type Checkpoint, type CheckpointOf} from '../core/checkpoint.js'
import {CrabboxError, reasonOf} from '../core/errors.js'
import type {Lease} from '../core/lease.js'
import type {Tier} from '../core/tier.js'
import {handlersFor} from '../core/narrow.js'
import {openCatalog} from '../state/catalog.js'
import {openLeases} from '../state/leases.js'
import {forgetHolder, type Holder} from '../state/locks.js'
import {sweepAbandoned} from '../state/sweep.js'
import {removeCheckpoint} from './delete.js'
import type {Environment} from './environment.js'
import {everyRestore} from './every-restore.js'
import {busyKeys, findInterrupted, isInterrupted} from './interrupted.js'
import {withCheckpoint, withLease} from './locking.js'
import {store} from './refresh.js'
import {releaseLease} from './release.js'

/** One thing that was interrupted, in a sentence. */
export interface Interruption {
  readonly what: string
  readonly since: string
}

/**
 * Cleans up after killed processes: finishes restores and deletes, removes checkpoints and leases that were never finished.
 * Returns what it found, for the user to read. What cannot be cleaned now stays, and is tried again by the next command.
 */
export async function recover(environment: Environment): Promise<Interruption[]> {
  const {stateDir} = environment
  const dead = await findInterrupted(stateDir)
  const busy = await busyKeys(stateDir)
  for (const holder of dead) {
    try {
      await cleanUp(holder, environment)
      await forgetHolder(holder)
    } catch (error) {
      environment.progress.warn(`${holder.what} was interrupted and cannot be cleaned up yet: ${reasonOf(error)}`)
    }
  }

  await recoverRecords(busy, environment)
  await sweepAbandoned(stateDir)
  const visible = dead.filter(
    holder =>
      holder.key.startsWith('lease:') ||
      !dead.some(other => other.key.startsWith('lease:') && other.pid === holder.pid),
  )
  return visible.map(({what, subject, since}) => ({
    what: [what, subject['checkpoint'], subject['lease']].filter(Boolean).join(' '),
    since,
  }))
}

async function cleanUp(holder: Holder, environment: Environment): Promise<void> {
  const {lease: leaseId, target} = holder.subject
  if (leaseId === undefined) return
  const {rows} = await openLeases(environment.stateDir).read()
  const lease = [...rows.values()].find(row => row.id === leaseId)
  if (lease?.state !== 'ready') return
  if (holder.mode !== 'exclusive') return
  await withLease(
    environment.stateDir,
    lease,
    {mode: 'exclusive', what: 'recover', subject: {target: target ?? lease.workdir}},
    async () => {
      const provider = await environment.registry.get(lease.provider)
      await provider.leases.heal?.(lease, environment)
      await everyRestore(provider).recover({lease, target: target ?? posix.normalize(lease.workdir)}, environment)
    },
  )
}

/** Records in the middle of something that nobody is at any more. */
async function recoverRecords(busy: ReadonlySet<string>, environment: Environment): Promise<void> {
  const {stateDir} = environment
  const checkpoints = (await openCatalog(stateDir).read()).rows
  for (const row of checkpoints.values()) {
    if (isInterrupted(row, busy))
      await withCheckpoint(stateDir, row.id, {mode: 'exclusive', what: 'recover'}, () =>
        settle(row, environment),
      ).catch(later(row.id, environment))
  }

  const leases = (await openLeases(stateDir).read()).rows
  for (const row of leases.values()) {
    if (row.state !== 'ready' && !busy.has(row.id))
      await withLease(stateDir, row, {mode: 'exclusive', what: 'recover'}, () => drop(row, environment)).catch(
        later(row.id, environment),
      )
  }
}

/** What cannot be cleaned now is told of, except where somebody else is just at it. */
const later =
  (id: string, {progress}: Environment) =>
  (error: unknown): void => {
    if (error instanceof CrabboxError && error.kind === 'busy') return
    progress.warn(`${id} was interrupted and cannot be cleaned up yet: ${reasonOf(error)}`)
  }

/** A delete is finished; a create has failed, and its bytes go while its record stays to tell of it. */
async function settle(seen: Checkpoint, environment: Environment): Promise<void> {
  const catalog = openCatalog(environment.stateDir)
  const row = (await catalog.read()).rows.get(seen.id)
  if (row?.state === 'deleting') await removeCheckpoint(row.id, {localOnly: false}, environment)
  if (row?.state !== 'creating' || (await resumed(row, environment))) return
  const kept = await withoutData(row, environment)
  await catalog.transact(rows => {
    if (rows.get(row.id)?.state === 'creating')
      rows.set(row.id, {...kept, state: 'failed', failure: 'interrupted before it was complete'})
  })
}

/** Removes what was saved so far, where the tier cannot go on with it. Other backends' may be looked at before it is deleted. */
async function withoutData<T extends Tier>(row: CheckpointOf<T>, environment: Environment): Promise<Checkpoint> {
  const {artifact} = row
  const handlers = handlersFor(await environment.registry.get(row.provider), row.tier)
  if (artifact === null || handlers.resume !== undefined) return asCheckpoint(row)
  await handlers.delete({...row, artifact}, environment)
  return asCheckpoint({...row, artifact: null})
}

/** Whether the provider has finished, or goes on with, what nobody waited for. */
async function resumed<T extends Tier>(row: CheckpointOf<T>, environment: Environment): Promise<boolean> {
  const {artifact} = row
  if (artifact === null) return false
  const handlers = handlersFor(await environment.registry.get(row.provider), row.tier)
  const found = (await handlers.resume?.({...row, artifact}, environment)) ?? null
  if (found === null) return false
  await store(row.id, found, environment)
  return true
}

async function drop(seen: Lease, environment: Environment): Promise<void> {
  const {rows} = await openLeases(environment.stateDir).read()
  const lease = rows.get(seen.id)
  if (lease !== undefined && lease.state !== 'ready') await releaseLease(lease, environment)
}
