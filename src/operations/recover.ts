import {posix} from 'node:path'

import type {Recovery} from '../core/restore.js'
import {openLeases} from '../state/leases.js'
import {forgetHolder, type Holder} from '../state/locks.js'
import {sweepAbandoned} from '../state/sweep.js'
import type {Environment} from './environment.js'
import {everyRestore} from './every-restore.js'
import {findInterrupted} from './interrupted.js'
import {withLease} from './locking.js'
import {recoverRecords} from './recover-records.js'
import {RESTORE, UNDO} from './restoring.js'
import {tidy} from './tidy.js'

/** One thing that was interrupted. */
export interface Interruption {
  /** Such as `checkpoint restore`. */
  readonly operation: string
  /** What it worked on: the id of a lease, a workdir, and others. */
  readonly subject: Holder['subject']
  /** Both, for people. */
  readonly what: string
  readonly since: string
  /** What became of a restore; null for everything else, and where nobody can tell. */
  readonly recovery: Recovery | null
}

const OUTCOMES: Readonly<Record<Recovery, string>> = {
  finished: 'it has been finished, and the workdir is what it was to become',
  'given up': 'it has been given up, and the workdir is as it was before',
}

/** The same in a sentence. */
export const toldOf = ({what, since, recovery}: Interruption): string =>
  `${what} of ${since} was interrupted; ${recovery === null ? 'it has been cleaned up' : OUTCOMES[recovery]}`

/**
 * Cleans up after killed processes: finishes restores and deletes, removes checkpoints and leases that were never finished.
 * Returns what it has cleaned up, for the user to read. What cannot be cleaned now stays, and is tried again by the next command.
 */
export async function recover(environment: Environment): Promise<Interruption[]> {
  const {stateDir} = environment
  const dead: Holder[] = []
  const recoveries = new Map<string, Recovery>()
  for (const holder of await findInterrupted(stateDir)) {
    const work = async (): Promise<void> => {
      const recovery = await cleanUp(holder, environment)
      if (recovery !== null) recoveries.set(placeOf(holder), recovery)
      await forgetHolder(holder)
    }

    if (await tidy(nameOf(holder), environment, work)) dead.push(holder)
  }

  await recoverRecords(environment)
  await sweepAbandoned(stateDir)
  const visible = dead.filter(
    holder =>
      holder.key.startsWith('lease:') ||
      !dead.some(
        other =>
          other.key.startsWith('lease:') && other.pid === holder.pid && other.host === holder.host && holder.pid > 0,
      ),
  )
  return visible.map(holder => ({
    operation: holder.what,
    subject: holder.subject,
    what: nameOf(holder),
    since: holder.since,
    recovery: RESTORES.includes(holder.what) ? (recoveries.get(placeOf(holder)) ?? null) : null,
  }))
}

/** What can be finished or given up. */
const RESTORES: readonly string[] = [RESTORE, UNDO]

/** Several may have been killed at one workdir, and whichever is cleaned up first finds what is there. */
const placeOf = ({subject}: Holder): string => `${subject['lease'] ?? ''} ${subject['target'] ?? ''}`

const nameOf = ({what, subject}: Holder): string =>
  [what, subject['checkpoint'], subject['lease']].filter(Boolean).join(' ')

async function cleanUp(holder: Holder, environment: Environment): Promise<Recovery | null> {
  const {lease: leaseId, target} = holder.subject
  if (leaseId === undefined) return null
  const {rows} = await openLeases(environment.stateDir).read()
  const lease = [...rows.values()].find(row => row.id === leaseId)
  if (lease?.state !== 'ready') return null
  if (holder.mode !== 'exclusive') return null
  return withLease(
    environment.stateDir,
    lease,
    {mode: 'exclusive', what: 'recover', subject: {target: target ?? lease.workdir}},
    async () => {
      const provider = await environment.registry.get(lease.provider)
      await provider.leases.heal?.(lease, environment)
      return everyRestore(provider).recover({lease, target: target ?? posix.normalize(lease.workdir)}, environment)
    },
  )
}
