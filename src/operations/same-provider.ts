import type {Stored} from '../core/checkpoint.js'
import {usageError} from '../core/errors.js'
import type {Tier} from '../core/tier.js'

/**
 * A state that a backend saved by its own means stays there.
 * @throws {CrabboxError} `OTHER_PROVIDER` where it is wanted on another
 */
export function requireSameProvider({id, tier, provider}: Stored<Tier>, wanted: string): void {
  if (tier !== 'provider-native' || provider === wanted) return
  throw usageError(
    'OTHER_PROVIDER',
    `what ${id} saved stays with the provider ${provider}, and cannot be used with ${wanted}`,
    'Make a checkpoint with --mode archive, which goes anywhere.',
  )
}
