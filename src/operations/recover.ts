import {posix} from 'node:path'

import {openLeases} from '../state/leases.js'
import {forgetHolder, type Holder} from '../state/locks.js'
import {sweepAbandoned} from '../state/sweep.js'
import type {Environment} from './environment.js'
import {everyRestore} from './every-restore.js'
import {findInterrupted} from './interrupted.js'
import {withLease} from './locking.js'
import {recoverRecords} from './recover-records.js'
import {tidy} from './tidy.js'

/** One thing that was interrupted, in a sentence. */
export interface Interruption {
  readonly what: string
  readonly since: string
}

/**
 * Cleans up after killed processes: finishes restores and deletes, removes checkpoints and leases that were never finished.
 * Returns what it has cleaned up, for the user to read. What cannot be cleaned now stays, and is tried again by the next command.
 */
export async function recover(environment: Environment): Promise<Interruption[]> {
  const {stateDir} = environment
  const dead: Holder[] = []
  for (const holder of await findInterrupted(stateDir)) {
    const work = (): Promise<void> => cleanUp(holder, environment).then(() => forgetHolder(holder))
    if (await tidy(nameOf(holder), environment, work)) dead.push(holder)
  }

  await recoverRecords(environment)
  await sweepAbandoned(stateDir)
  const visible = dead.filter(
    holder =>
      holder.key.startsWith('lease:') ||
      !dead.some(other => other.key.startsWith('lease:') && other.pid === holder.pid),
  )
  return visible.map(holder => ({what: nameOf(holder), since: holder.since}))
}

const nameOf = ({what, subject}: Holder): string =>
  [what, subject['checkpoint'], subject['lease']].filter(Boolean).join(' ')

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
