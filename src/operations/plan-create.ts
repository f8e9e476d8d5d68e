import type {SavedWorkdir} from '../core/checkpoint.js'
import {busyError, usageError} from '../core/errors.js'
import type {CheckpointId, CheckpointName} from '../core/ids.js'
import type {Lease} from '../core/lease.js'
import {handlersFor} from '../core/narrow.js'
import type {Provider} from '../core/provider.js'
import type {Tier} from '../core/tier.js'
import {chooseTier, type Mode} from '../tiers/choose.js'
import type {Environment} from './environment.js'
import {chooseParent} from './parent.js'

export interface CreateWish {
  readonly lease: Lease
  readonly name: CheckpointName | null
  readonly mode: Mode
  readonly workdir: SavedWorkdir
  readonly excludes: readonly string[]
  readonly labels: Readonly<Record<string, string>>
  readonly note: string | null
  /** Whether the lease's machine may be restarted. Default: no. */
  readonly reboot?: boolean
  /** Whether to wait until there is something to fork from. Default: yes. */
  readonly wait?: boolean
  /** The id to use; the same id again answers with the same checkpoint. Default: a new one. */
  readonly id?: CheckpointId
}

/** What a create would do. */
export interface CreatePlan {
  readonly tier: Tier
  readonly workdir: string
  readonly parent: CheckpointId | null
}

/** Chooses the tier, and refuses what the lease cannot do. Changes nothing. */
export async function planCreate(wish: CreateWish, environment: Environment): Promise<CreatePlan> {
  const chosen = await chooseFor(wish, environment)
  await requirePossible(chosen, wish.lease, environment)
  const parent = await chooseParent(wish.lease, wish.workdir, chosen.tier, environment)
  return {tier: chosen.tier, workdir: wish.workdir.path, parent: parent?.id ?? null}
}

/** Who saves a lease, and how. */
export interface Chosen {
  readonly provider: Provider
  readonly tier: Tier
}

/** @throws {CrabboxError} `LEASE_NOT_READY`, and what a mode is refused with that the lease does not have */
export async function chooseFor({lease, mode, reboot = false}: CreateWish, environment: Environment): Promise<Chosen> {
  const provider = await environment.registry.get(lease.provider)
  requireUsable(lease)
  const tier = chooseTier(mode, lease)
  if (reboot && (tier === 'workspace-archive' || tier === 'recipe'))
    throw usageError('USAGE', `--reboot is for images of machines, and ${tier} makes none`, 'Leave it out.')
  return {provider, tier}
}

/**
 * Asks whether a lease can be saved so.
 * @throws {CrabboxError} `TIER_REFUSED`
 */
export async function requirePossible({provider, tier}: Chosen, lease: Lease, environment: Environment): Promise<void> {
  const probe = await handlersFor(provider, tier).probe(lease, environment)
  if (!probe.ok)
    throw usageError(
      'TIER_REFUSED',
      `this lease cannot be saved as ${tier}: ${probe.reason}`,
      'Choose another --mode, or mend the cause.',
    )
}

function requireUsable(lease: Lease): void {
  if (lease.state !== 'ready')
    throw busyError(
      'LEASE_NOT_READY',
      `lease ${lease.slug} is ${lease.state}`,
      `Run crabbox stop --id ${lease.slug} and make another.`,
    )
}
