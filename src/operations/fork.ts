import type {Stored} from '../core/checkpoint.js'
import {inOneLine, throwIfAborted} from '../core/errors.js'
import type {Slug} from '../core/ids.js'
import type {Lease} from '../core/lease.js'
import type {Tier} from '../core/tier.js'
import {handlersFor} from '../core/narrow.js'
import {openLease} from './acquire.js'
import {dialAhead} from './dial.js'
import type {Environment} from './environment.js'
import {planFork, type ForkPlan, type ForkWish} from './fork-plan.js'
import {withCheckpoint} from './locking.js'
import {noteUse} from './usage.js'

/** One fork: a lease, or why there is none; `index` says which of the forks that were asked for it is, from 1. */
export type ForkResult =
  {readonly index: number; readonly lease: Lease} | {readonly index: number; readonly error: unknown}

/** Forks that are made at the same time. */
const PARALLEL = 8

/** Opens leases from a checkpoint, several at a time. One that fails does not stop the others. */
export async function forkCheckpoint(wish: ForkWish, environment: Environment): Promise<ForkResult[]> {
  const plan = await planFork(wish, environment)
  const {checkpoint, host} = plan
  dialAhead(await environment.registry.get(plan.provider), {host}, environment)
  const results = await withCheckpoint(
    environment.stateDir,
    checkpoint.id,
    {mode: 'shared', what: 'checkpoint fork'},
    async () => {
      const pending = plan.slugs.map((slug, i) => ({slug, index: i + 1}))
      const done: ForkResult[] = []
      const worker = async (): Promise<void> => {
        for (let next = pending.shift(); next !== undefined; next = pending.shift())
          done.push(await forkOne(checkpoint, next, plan, wish, environment))
      }

      await Promise.all(Array.from({length: Math.min(PARALLEL, wish.count)}, worker))
      return done.sort((a, b) => a.index - b.index)
    },
  )
  if (results.some(result => 'lease' in result))
    await noteUse(environment.stateDir, checkpoint.id, environment.progress)
  return results
}

async function forkOne<T extends Tier>(
  checkpoint: Stored<T>,
  {index, slug}: {readonly index: number; readonly slug: Slug | null},
  plan: ForkPlan,
  wish: ForkWish,
  environment: Environment,
): Promise<ForkResult> {
  try {
    throwIfAborted(environment.signal)
    const provider = await environment.registry.get(plan.provider)
    const lease = await openLease(
      {
        provider: plan.provider,
        host: plan.host,
        machine: wish.machine,
        class: plan.class,
        slug,
        ttl: wish.ttl,
        repo: checkpoint.repo,
        forkedFrom: checkpoint.id,
      },
      'checkpoint fork',
      request => handlersFor(provider, checkpoint.tier).fork({checkpoint, lease: request}, environment),
      environment,
    )
    return {index, lease}
  } catch (error) {
    if (wish.count > 1) environment.progress.warn(`fork ${index} of ${wish.count} failed: ${inOneLine(error)}`)
    return {index, error}
  }
}
