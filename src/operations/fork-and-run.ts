import type {Writable} from 'node:stream'

import type {Lease} from '../core/lease.js'
import type {Environment} from './environment.js'
import type {ForkWish} from './fork-plan.js'
import {forkCheckpoint, type ForkResult} from './fork.js'
import {runOnForks} from './run-on-forks.js'

/** A command for every fork. */
export interface ForkWork {
  /** Empty: there is none. */
  readonly command: readonly string[]
  readonly output: Writable
  /** Is told of every fork before the command runs on any. */
  readonly forked: (lease: Lease) => void
}

/** One fork, and how the command ended on it if there was one. */
export type ForkOutcome = ForkResult & {readonly exitCode?: number}

/** Opens leases from a checkpoint, and runs a command on those that there are. */
export async function forkAndRun(wish: ForkWish, work: ForkWork, environment: Environment): Promise<ForkOutcome[]> {
  const results = await forkCheckpoint(wish, environment)
  if (work.command.length === 0) return results
  const forks = results.filter(result => 'lease' in result)
  for (const {lease} of forks) work.forked(lease)
  const codes = await runOnForks(forks, wish.count, work.command, work.output, environment)
  return results.map(result => {
    const exitCode = 'lease' in result ? codes.get(result.lease.id) : undefined
    return exitCode === undefined ? result : {...result, exitCode}
  })
}
