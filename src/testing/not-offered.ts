import type {Provider} from '../core/provider.js'
import {RESTORABLE_TIERS} from '../core/restore.js'
import {TIERS, type Tier} from '../core/tier.js'

/**
 * What a provider does not offer, and need not: the suite has no cases for it beyond that it is refused.
 * @param unavailable tiers that it declares and that do not work where it was tested, with reasons
 */
export function notOffered(
  {tiers, restores, leases, recover}: Provider,
  unavailable: Partial<Record<Tier, string>> = {},
): readonly string[] {
  return [
    ...TIERS.filter(tier => tiers[tier] === undefined).map(tier => `the tier ${tier}`),
    ...Object.entries(unavailable).map(([tier, reason]) => `the tier ${tier} here: ${reason}`),
    ...RESTORABLE_TIERS.filter(tier => tiers[tier] !== undefined && restores?.[tier] === undefined).map(
      tier => `restore of ${tier} in place`,
    ),
    ...(leases.list === undefined ? ['the list of leases on a host'] : []),
    ...(leases.plan === undefined ? ['a plan of what a lease costs'] : []),
    ...(recover === undefined ? ['recovery of lost records'] : []),
  ]
}
