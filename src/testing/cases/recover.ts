import assert from 'node:assert/strict'

import {ANY_MACHINE} from '../../core/lease.js'
import type {Provider} from '../../core/provider.js'
import type {RestorableTier} from '../../core/restore.js'
import type {Tier} from '../../core/tier.js'
import type {CaseMaker, ConformanceCase} from '../case.js'
import {expectContent, SAMPLE, write} from '../content.js'
import type {RestoreLab, TierLab} from '../tier-lab.js'
import {CHANGED, restoreInto, savedAndChanged} from './restored.js'

/** For providers that find again what their backend holds. What a backend does not hold, such as a recipe, it cannot tell of. */
export const recoverCases = <T extends Tier>(
  it: CaseMaker<TierLab<T>>,
  recover: NonNullable<Provider['recover']>,
): ConformanceCase[] => [
  it('finds only what is there, and changes nothing', async lab => {
    const source = await lab.acquire()
    await write(lab, source, SAMPLE)
    const checkpoint = await lab.create(source)
    const found = (await recover(ANY_MACHINE, lab.context)).checkpoints.find(({id}) => id === checkpoint.id)
    if (found !== undefined) assert.deepEqual([found.tier, found.artifact], [lab.tier, checkpoint.artifact])
    await expectContent(lab, source, SAMPLE, 'the source')
    await lab.delete(checkpoint)
    const {checkpoints} = await recover(ANY_MACHINE, lab.context)
    assert.ok(
      checkpoints.every(({id}) => id !== checkpoint.id),
      'a checkpoint that was deleted is found',
    )
  }),
]

/** For tiers that are restored in place. */
export const restoreRecoverCases = <T extends RestorableTier>(it: CaseMaker<RestoreLab<T>>): ConformanceCase[] => [
  it('has nothing to do when no restore was interrupted', async lab => {
    const {lease, checkpoint} = await savedAndChanged(lab)
    await lab.restores.recover({lease, target: lease.workdir}, lab.context)
    await expectContent(lab, lease, CHANGED, 'the target')
    await restoreInto(lab, lease, checkpoint)
    await lab.restores.recover({lease, target: lease.workdir}, lab.context)
    await expectContent(lab, lease, SAMPLE, 'the target')
  }),
]
