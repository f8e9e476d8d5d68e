import type {TierHandlers} from '../core/handlers.js'
import type {Provider} from '../core/provider.js'
import type {RestorableTier, RestoreHandlers} from '../core/restore.js'
import type {Tier} from '../core/tier.js'
import {tierUnsupported} from './registry.js'

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
