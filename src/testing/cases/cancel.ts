import assert from 'node:assert/strict'

import {newCheckpointId} from '../../core/ids.js'
import type {RestorableTier} from '../../core/restore.js'
import type {Tier} from '../../core/tier.js'
import type {CaseMaker, ConformanceCase} from '../case.js'
import {contentOf, expectContent, SAMPLE, write} from '../content.js'
import {expectGone, expectInterrupted} from '../expect.js'
import {interrupted, interruptedAtProgress} from '../interrupt.js'
import type {Lab} from '../lab.js'
import type {RestoreLab, TierLab} from '../tier-lab.js'
import {CHANGED, restoreInto, savedAndChanged} from './restored.js'

export const cancelledAcquireCases = (it: CaseMaker<Lab>): ConformanceCase[] => [
  it('keeps acquire from making a lease', async lab => {
    const request = lab.request()
    await expectInterrupted(lab.leases.acquire(request, interrupted(lab.context)), 'acquire')
    await expectGone(lab, request, 'acquire that was interrupted')
  }),
]

/** For every tier. */
export const cancelledCreateCases = <T extends Tier>(it: CaseMaker<TierLab<T>>): ConformanceCase[] => [
  it('keeps create from recording anything', async lab => {
    const lease = await lab.acquire()
    await write(lab, lease, SAMPLE)
    let recorded = 0
    const record = async (): Promise<void> => void recorded++
    await expectInterrupted(lab.create(lease, {context: interrupted(lab.context), record}), 'create')
    assert.equal(recorded, 0, 'create that was interrupted before it began has recorded something')
    await expectContent(lab, lease, SAMPLE, 'the source')
  }),
]

/** For tiers with content. */
export const cancelledContentCases = <T extends Tier>(it: CaseMaker<TierLab<T>>): ConformanceCase[] => [
  it('in the middle of create leaves the source, and lets the same id be tried again', async lab => {
    const lease = await lab.acquire()
    await write(lab, lease, SAMPLE)
    const controller = new AbortController()
    const context = {...lab.context, signal: controller.signal}
    const id = newCheckpointId()
    await lab.create(lease, {id, context, record: async () => controller.abort()}).catch(() => undefined)
    await expectContent(lab, lease, SAMPLE, 'the source')
    await expectContent(lab, await lab.fork(await lab.create(lease, {id})), SAMPLE, 'a fork')
  }),
  it('keeps fork from making a lease', async lab => {
    const checkpoint = await lab.create(await lab.acquire())
    const request = lab.request()
    await expectInterrupted(lab.fork(checkpoint, request, interrupted(lab.context)), 'fork')
    await expectGone(lab, request, 'fork that was interrupted')
  }),
  it('in the middle of fork leaves no lease, or a whole one', async lab => {
    const source = await lab.acquire()
    await write(lab, source, SAMPLE)
    const checkpoint = await lab.create(source)
    const request = lab.request()
    const fork = await lab.fork(checkpoint, request, interruptedAtProgress(lab.context)).catch(() => null)
    if (fork === null) await expectGone(lab, request, 'fork that was interrupted')
    else await expectContent(lab, fork, SAMPLE, 'the fork')
  }),
  it('lets delete be repeated', async lab => {
    const source = await lab.acquire()
    await write(lab, source, SAMPLE)
    const checkpoint = await lab.create(source)
    await lab.handlers.delete(checkpoint, interrupted(lab.context)).catch(() => undefined)
    await lab.delete(checkpoint)
    const {problems} = await lab.handlers.verify(checkpoint, lab.context)
    assert.notDeepEqual(problems, [], 'the data is still there')
  }),
]

export const cancelledRestoreCases = <T extends RestorableTier>(it: CaseMaker<RestoreLab<T>>): ConformanceCase[] => [
  it('keeps restore from changing the target', async lab => {
    const {lease, checkpoint} = await savedAndChanged(lab)
    await expectInterrupted(restoreInto(lab, lease, checkpoint, {context: interrupted(lab.context)}), 'restore')
    await expectContent(lab, lease, CHANGED, 'the target')
  }),
  it('in the middle of restore leaves the old content or the new, and the next restore works', async lab => {
    const {lease, checkpoint} = await savedAndChanged(lab)
    const context = interruptedAtProgress(lab.context)
    const whole = await restoreInto(lab, lease, checkpoint, {context}).then(
      () => SAMPLE,
      () => CHANGED,
    )
    await lab.restores.recover({lease, target: lease.workdir}, lab.context)
    assert.deepEqual(await contentOf(lab, lease), whole)
    await restoreInto(lab, lease, checkpoint)
    await expectContent(lab, lease, SAMPLE, 'the target')
  }),
]
