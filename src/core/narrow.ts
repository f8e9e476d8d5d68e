import {usageError, type CrabboxError} from './errors.js'
import type {TierHandlers} from './handlers.js'
import type {Provider} from './provider.js'
import type {RestorableTier, RestoreHandlers} from './restore.js'
import type {Tier} from './tier.js'

/**
 * The handlers of a tier: the one place where a provider is asked what it can do.
 * @throws {CrabboxError} `TIER_UNSUPPORTED`
 */
export function handlersFor<T extends Tier>(provider: Provider, tier: T): TierHandlers<T> {
  const handlers: TierHandlers<T> | undefined = provider.tiers[tier]
  if (handlers === undefined) throw tierUnsupported(provider, tier)
  return handlers
}

/** In-place restore of a tier on a provider, or null where it has none. */
export const restoreHandlersFor = <T extends RestorableTier>(provider: Provider, tier: T): RestoreHandlers<T> | null =>
  provider.restores?.[tier] ?? null

const tierUnsupported = (provider: Provider, tier: string): CrabboxError =>
  usageError(
    'TIER_UNSUPPORTED',
    `the provider ${provider.name} cannot make or use ${tier} checkpoints`,
    `It serves: ${Object.keys(provider.tiers).join(', ')}.`,
  )
