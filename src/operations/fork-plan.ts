import type {Checkpoint, Stored} from '../core/checkpoint.js'
import {usageError} from '../core/errors.js'
import {parseSlug, type Slug} from '../core/ids.js'
import type {HostChoice, MachineChoice, MachineClass} from '../core/lease.js'
import type {Tier} from '../core/tier.js'
import {handlersFor} from '../core/narrow.js'
import {requireHosts, requireMachines} from './acquire.js'
import {requireReady} from './checkpoint-record.js'
import type {Environment} from './environment.js'
import {refreshed} from './refresh.js'
import {requireSameProvider} from './same-provider.js'

export interface ForkWish {
  readonly checkpoint: Checkpoint
  /** The provider to fork onto; null: the one that the checkpoint was made on. */
  readonly provider: string | null
  /** No host: the source's, on the same provider; where that is one of the configured hosts, any of these. */
  readonly host: HostChoice
  readonly machine: MachineChoice
  /** Null: the source's. */
  readonly class: MachineClass | null
  /** With a count above one, `-1`, `-2`, … are added. */
  readonly slug: Slug | null
  /** Milliseconds; null: never expires. */
  readonly ttl: number | null
  readonly count: number
}

export interface ForkPlan {
  readonly checkpoint: Stored<Tier>
  readonly provider: string
  readonly host: HostChoice
  readonly class: MachineClass
  readonly slugs: readonly (Slug | null)[]
}

/** Forks that one command makes at the most: more are a mistake of the hand. */
const MOST = 1000

/** Checks all that can be checked before anything is made. */
export async function planFork(wish: ForkWish, environment: Environment): Promise<ForkPlan> {
  if (!Number.isInteger(wish.count) || wish.count < 1 || wish.count > MOST)
    throw usageError('COUNT_INVALID', `--count ${wish.count} makes no sense`, `Ask for 1 to ${MOST} forks.`)
  const checkpoint = requireReady(await refreshed(wish.checkpoint, environment))
  const provider = await environment.registry.get(wish.provider ?? checkpoint.provider)
  handlersFor(provider, checkpoint.tier)
  requireSameProvider(checkpoint, provider.name)
  requireHosts(provider, wish.host)
  requireMachines(provider, wish.machine)
  const {slug, count} = wish
  const slugs = Array.from({length: count}, (_, i) =>
    slug === null || count === 1 ? slug : parseSlug(`${slug}-${i + 1}`),
  )
  const source = provider.name === checkpoint.provider ? (checkpoint.lease.host ?? null) : null
  const pooled = environment.hosts?.some(({address}) => address === source) ?? false
  const host = {...wish.host, name: wish.host.name ?? (pooled ? null : source)}
  return {checkpoint, provider: provider.name, host, class: wish.class ?? checkpoint.lease.class, slugs}
}
