import {rm, readdir} from 'node:fs/promises'
import {join} from 'node:path'

import {CrabboxError, isInterruption} from '../core/errors.js'
import type {Lease} from '../core/lease.js'
import {openLeases} from '../state/leases.js'
import {statePaths} from '../state/paths.js'
import type {Environment} from './environment.js'
import {withLease} from './locking.js'

/** Gives a lease back and forgets it. The record goes last, so that an interrupted stop can be repeated. */
export async function stopLease(lease: Lease, environment: Environment): Promise<void> {
  await withLease(environment.stateDir, lease, {mode: 'exclusive', what: 'stop'}, () =>
    releaseLease(lease, environment),
  )
}

/** Waits until nothing is left of a lease that was given back, where its provider takes a while for that. */
export async function awaitStopped(lease: Lease, environment: Environment): Promise<void> {
  const {leases} = await environment.registry.get(lease.provider)
  await leases.settled?.(lease, environment)
}

/** Forgets a lease without a word to its provider: what is there stays. */
export async function forgetLease(lease: Lease, {stateDir}: Environment): Promise<void> {
  await withLease(stateDir, lease, {mode: 'exclusive', what: 'stop'}, async () => {
    await forgetTraces(stateDir, lease)
    await openLeases(stateDir).transact(rows => void rows.delete(lease.id))
  })
}

/** Like `stopLease`, for callers that hold the lease already. */
export async function releaseLease(lease: Lease, environment: Environment): Promise<void> {
  const {stateDir} = environment
  // First: where its plugin is not installed any more, the lease stays as it is.
  const provider = await environment.registry.get(lease.provider)
  const table = openLeases(stateDir)
  await table.transact(rows => {
    if (rows.has(lease.id)) rows.set(lease.id, {...lease, state: 'releasing'})
  })
  await provider.leases.release(lease, environment).catch(async (error: unknown) => {
    // What is refused was not begun.
    if (isRefusal(error)) await table.transact(rows => void (rows.has(lease.id) && rows.set(lease.id, lease)))
    throw isInterruption(error) ? stopBegun(lease) : goesOn(error, lease)
  })
  await forgetTraces(stateDir, lease)
  await table.transact(rows => void rows.delete(lease.id))
}

const isRefusal = (error: unknown): boolean => error instanceof CrabboxError && error.kind === 'busy'

/** Nobody knows what is gone already, so there is no way back. */
const stopBegun = ({slug}: Lease): Error =>
  new CrabboxError(
    'interrupted',
    'INTERRUPTED',
    `the stop of ${slug} was interrupted when it had begun: what is left of the lease goes with the next command that changes something`,
    {hint: 'See crabbox list: it is there until then.'},
  )

/** Unless it was refused, the lease was to go, and some of it may have: it is not used any more. */
function goesOn(error: unknown, {slug}: Lease): unknown {
  if (!(error instanceof CrabboxError) || isRefusal(error)) return error
  const then = `What is left of ${slug} goes with the next command that changes something and can remove it; crabbox stop --id ${slug} --forget leaves it where it is.`
  return new CrabboxError(error.kind, error.code, error.message, {
    hint: error.hint === undefined ? then : `${error.hint} ${then}`,
    cause: error,
  })
}

/** What was remembered of the lease's files. */
async function forgetTraces(stateDir: string, lease: Lease): Promise<void> {
  const {baselines, synced} = statePaths(stateDir)
  for (const directory of [baselines, synced]) {
    const names = await readdir(directory).catch(() => [])
    await Promise.all(
      names.filter(name => name.startsWith(`${lease.id}.`)).map(name => rm(join(directory, name), {force: true})),
    )
  }
}
