import {posix} from 'node:path'

import type {Checkpoint} from '../core/checkpoint.js'
import {reasonOf} from '../core/errors.js'
import type {Lease} from '../core/lease.js'
import {openCatalog} from '../state/catalog.js'
import {openLeases} from '../state/leases.js'
import {forgetHolder, listHolders, type Holder} from '../state/locks.js'
import {sweepAbandoned} from '../state/sweep.js'
import {removeCheckpoint} from './delete.js'
import type {Environment} from './environment.js'
import {withCheckpoint, withLease} from './locking.js'
import {releaseLease} from './release.js'
import {restoreHandlers} from './restore.js'

/** One thing that was interrupted, in a sentence. */
export interface Interruption {
  readonly what: string
  readonly since: string
}

/** What killed processes left, as far as their locks tell. Changes nothing. */
export async function findInterrupted(stateDir: string): Promise<Holder[]> {
  const holders = await listHolders(stateDir)
  return holders.filter(holder => !holder.alive)
}

/** The operations that work on a record now, by its id. */
export async function busyKeys(stateDir: string): Promise<Set<string>> {
  const holders = await listHolders(stateDir)
  return new Set(holders.filter(holder => holder.alive).map(holder => holder.key.slice(holder.key.indexOf(':') + 1)))
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
      const handlers = await restoreHandlers(lease, environment)
      await handlers.recover({lease, target: target ?? posix.normalize(lease.workdir)}, environment)
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
      ).catch(() => undefined)
  }

  const leases = (await openLeases(stateDir).read()).rows
  for (const row of leases.values()) {
    if (row.state !== 'ready' && !busy.has(row.id))
      await withLease(stateDir, row, {mode: 'exclusive', what: 'recover'}, () => drop(row, environment)).catch(
        () => undefined,
      )
  }
}

export const isInterrupted = (row: Checkpoint, busy: ReadonlySet<string>): boolean =>
  (row.state === 'creating' || row.state === 'deleting') && !busy.has(row.id)

/** A delete is finished; a create has failed, and its bytes go while its record stays to tell of it. */
async function settle(seen: Checkpoint, environment: Environment): Promise<void> {
  const catalog = openCatalog(environment.stateDir)
  const row = (await catalog.read()).rows.get(seen.id)
  if (row?.state === 'deleting') await removeCheckpoint(row.id, {localOnly: false}, environment)
  if (row?.state !== 'creating') return
  const provider = await environment.registry.get(row.provider)
  if (row.tier === 'workspace-archive' && row.artifact !== null)
    await provider.tiers['workspace-archive']?.delete({...row, artifact: row.artifact}, environment)
  await catalog.transact(rows => {
    if (rows.get(row.id)?.state === 'creating')
      rows.set(row.id, {...row, artifact: null, state: 'failed', failure: 'interrupted before it was complete'})
  })
}

async function drop(seen: Lease, environment: Environment): Promise<void> {
  const {rows} = await openLeases(environment.stateDir).read()
  const lease = rows.get(seen.id)
  if (lease !== undefined && lease.state !== 'ready') await releaseLease(lease, environment)
}
