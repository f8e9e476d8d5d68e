import {asCheckpoint, type Checkpoint, type CheckpointOf} from '../core/checkpoint.js'
import type {Lease} from '../core/lease.js'
import type {Tier} from '../core/tier.js'
import {handlersFor} from '../core/narrow.js'
import {openCatalog} from '../state/catalog.js'
import {openLeases} from '../state/leases.js'
import {abandoned} from './abandoned.js'
import {removeCheckpoint} from './delete.js'
import type {Environment} from './environment.js'
import {isUnfinished} from './interrupted.js'
import {withCheckpoint, withLease} from './locking.js'
import {store} from './refresh.js'
import {releaseLease} from './release.js'
import {tidy} from './tidy.js'

/** Finishes, or withdraws, what stands in the middle of something that nobody is at any more. */
export async function recoverRecords(environment: Environment): Promise<void> {
  const {stateDir} = environment
  for (const row of await abandoned(openCatalog(stateDir), isUnfinished, stateDir))
    await tidy(row.id, environment, () =>
      withCheckpoint(stateDir, row.id, {mode: 'exclusive', what: 'recover'}, () => settle(row, environment)),
    )
  for (const row of await abandoned(openLeases(stateDir), ({state}) => state !== 'ready', stateDir))
    await tidy(
      row.slug,
      environment,
      () => withLease(stateDir, row, {mode: 'exclusive', what: 'recover'}, () => drop(row, environment)),
      `; crabbox stop --id ${row.slug} --forget gives it up where it is`,
    )
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
  if (lease === undefined || lease.state === 'ready') return
  await releaseLease(lease, environment)
  if (lease.state === 'releasing')
    environment.progress.warn(`the stop of ${lease.slug} was interrupted; it is done now`)
}
