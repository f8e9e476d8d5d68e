import assert from 'node:assert/strict'

import {CrabboxError} from '../../core/errors.js'
import {handlersFor} from '../../core/narrow.js'
import type {Provider} from '../../core/provider.js'
import type {Tier} from '../../core/tier.js'
import type {ConformanceCase} from '../case.js'

/** For tiers that a provider does not declare. */
export const refusedTierCases = (provider: Provider, tier: Tier): ConformanceCase[] => [
  {
    operation: 'create',
    tier,
    title: 'is refused with TIER_UNSUPPORTED, since the provider does not declare the tier',
    run: async () => {
      assert.ok(!(tier in provider.tiers), `the tier ${tier} stands in the table without handlers`)
      assert.throws(
        () => handlersFor(provider, tier),
        (error: unknown) => error instanceof CrabboxError && error.code === 'TIER_UNSUPPORTED',
      )
      const restored: readonly string[] = Object.keys(provider.restores ?? {})
      assert.ok(!restored.includes(tier), `the tier ${tier} is restored, and not made`)
    },
  },
]
