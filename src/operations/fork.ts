import type {Checkpoint, Stored} from '../core/checkpoint.js'
import {reasonOf, throwIfAborted, usageError} from '../core/errors.js'
import type {Slug} from '../core/ids.js'
import {parseSlug} from '../core/ids.js'
import type {HostChoice, Lease, MachineClass} from '../core/lease.js'
import type {Tier} from '../core/tier.js'
import {handlersFor} from '../providers/narrow.js'
import {openLease, requireHosts} from './acquire.js'
import {requireReady} from './checkpoint-record.js'
import type {Environment} from './environment.js'
import {withCheckpoint} from './locking.js'
import {noteUse} from './usage.js'

export interface ForkWish {
  readonly checkpoint: Checkpoint
  /** The provider to fork onto; null: the one that the checkpoint was made on. */
  readonly provider: string | null
  /** No host: the source's, on the same provider. */
  readonly host: HostChoice
  /** Null: the source's. */
  readonly class: MachineClass | null
  /** With a count above one, `-1`, `-2`, … are added. */
  readonly slug: Slug | null
  /** Milliseconds; null: never expires. */
  readonly ttl: number | null
  readonly count: number
}

/** One fork: a lease, or why there is none; `index` says which of the forks that were asked for it is, from 1. */
export type ForkResult =
  {readonly index: number; readonly lease: Lease} | {readonly index: number; readonly error: unknown}

/** Forks that are made at the same time: more would only share the same disk. */
const PARALLEL = 4

export interface ForkPlan {
  readonly checkpoint: Stored<Tier>
  readonly provider: string
  readonly host: HostChoice
  readonly class: MachineClass
  readonly slugs: readonly (Slug | null)[]
}

/** Checks all that can be checked before anything is made. */
export async function planFork(wish: ForkWish, environment: Environment): Promise<ForkPlan> {
  if (!Number.isInteger(wish.count) || wish.count < 1)
    throw usageError('COUNT_INVALID', `--count ${wish.count} makes no sense`, 'Ask for one fork or more.')
  const checkpoint = requireReady(wish.checkpoint)
  const provider = await environment.registry.get(wish.provider ?? checkpoint.provider)
  handlersFor(provider, checkpoint.tier)
  requireHosts(provider, wish.host)
  const {slug, count} = wish
  const slugs = Array.from({length: count}, (_, i) =>
    slug === null || count === 1 ? slug : parseSlug(`${slug}-${i + 1}`),
  )
  const source = provider.name === checkpoint.provider ? (checkpoint.lease.host ?? null) : null
  const host = {...wish.host, name: wish.host.name ?? source}
  return {checkpoint, provider: provider.name, host, class: wish.class ?? checkpoint.lease.class, slugs}
}

/** Opens leases from a checkpoint, several at a time. One that fails does not stop the others. */
export async function forkCheckpoint(wish: ForkWish, environment: Environment): Promise<ForkResult[]> {
  const plan = await planFork(wish, environment)
  const {checkpoint} = plan
  const results = await withCheckpoint(
    environment.stateDir,
    checkpoint.id,
    {mode: 'shared', what: 'checkpoint fork'},
    async () => {
      const pending = plan.slugs.map((slug, i) => ({slug, index: i + 1}))
      const done: ForkResult[] = []
      const worker = async (): Promise<void> => {
        for (let next = pending.shift(); next !== undefined; next = pending.shift())
          done.push(await forkOne(checkpoint, next.index, next.slug, plan, wish, environment))
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
  index: number,
  slug: Slug | null,
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
    if (wish.count > 1) environment.progress.warn(`fork ${index} of ${wish.count} failed: ${reasonOf(error)}`)
    return {index, error}
  }
}
