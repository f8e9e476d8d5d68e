import assert from 'node:assert/strict'

import type {Tier} from '../../core/tier.js'
import type {CaseMaker, ConformanceCase} from '../case.js'
import {expectContent, SAMPLE, write} from '../content.js'
import type {TierLab} from '../tier-lab.js'

/** For every tier. */
export const verifyCases = <T extends Tier>(it: CaseMaker<TierLab<T>>): ConformanceCase[] => [
  it('finds no problem with a new checkpoint, however often it looks', async lab => {
    const source = await lab.acquire()
    await write(lab, source, SAMPLE)
    const checkpoint = await lab.create(source)
    const first = await lab.handlers.verify(checkpoint, lab.context)
    assert.deepEqual(first.problems, [])
    assert.deepEqual(await lab.handlers.verify(checkpoint, lab.context), first)
  }),
]

/** For tiers with content. */
export const verifyContentCases = <T extends Tier>(it: CaseMaker<TierLab<T>>): ConformanceCase[] => [
  it('finds a problem when the saved state is gone', async lab => {
    const source = await lab.acquire()
    await write(lab, source, SAMPLE)
    const checkpoint = await lab.create(source)
    await lab.delete(checkpoint)
    const {problems} = await lab.handlers.verify(checkpoint, lab.context)
    assert.notDeepEqual(problems, [], 'a checkpoint without its data has no problems')
  }),
  it('leaves a checkpoint that can be forked', async lab => {
    const source = await lab.acquire()
    await write(lab, source, SAMPLE)
    const checkpoint = await lab.create(source)
    await lab.handlers.verify(checkpoint, lab.context)
    await expectContent(lab, await lab.fork(checkpoint), SAMPLE, 'the fork')
  }),
]

/** For tiers whose bytes can be read. */
export const verifyBytesCases = <T extends Tier>(it: CaseMaker<TierLab<T>>): ConformanceCase[] => [
  it('reads the bytes', async lab => {
    const source = await lab.acquire()
    await write(lab, source, SAMPLE)
    const {checkedBytes} = await lab.handlers.verify(await lab.create(source), lab.context)
    assert.ok(checkedBytes > 0, `${checkedBytes} bytes were checked`)
  }),
]
