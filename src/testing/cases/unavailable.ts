import assert from 'node:assert/strict'

import type {Tier} from '../../core/tier.js'
import type {CaseMaker, ConformanceCase} from '../case.js'
import {expectContent, SAMPLE, write} from '../content.js'
import type {TierLab} from '../tier-lab.js'

/** For tiers that a provider declares, and that do not work where it is tested. */
export const unavailableTierCases = <T extends Tier>(it: CaseMaker<TierLab<T>>): ConformanceCase[] => [
  it('is refused by probe, which says why it is not possible here and changes nothing', async lab => {
    const lease = await lab.acquire()
    await write(lab, lease, SAMPLE)
    const probe = await lab.handlers.probe(lease, lab.context)
    assert.ok(!probe.ok, `probe says that the tier ${lab.tier} works here`)
    assert.match(probe.reason, /\S/, 'probe gives no reason')
    await expectContent(lab, lease, SAMPLE, 'the lease after probe')
  }),
]
