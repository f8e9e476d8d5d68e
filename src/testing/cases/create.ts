import assert from 'node:assert/strict'
import {setTimeout as sleep} from 'node:timers/promises'

import type {Artifacts, Tier} from '../../core/tier.js'
import type {CaseMaker, ConformanceCase} from '../case.js'
import {settableClock} from '../clock.js'
import {expectContent, SAMPLE, write, writeOld} from '../content.js'
import {rejectionOf} from '../expect.js'
import type {TierLab} from '../tier-lab.js'

/** For every tier. */
export const createCases = <T extends Tier>(it: CaseMaker<TierLab<T>>): ConformanceCase[] => [
  it('is possible where probe says so, and probe changes nothing', async lab => {
    const lease = await lab.acquire()
    await write(lab, lease, SAMPLE)
    assert.deepEqual(await lab.handlers.probe(lease, lab.context), {ok: true})
    await expectContent(lab, lease, SAMPLE, 'the lease after probe')
    await lab.create(lease)
  }),
  it('leaves the source as it was', async lab => {
    const lease = await lab.acquire()
    await write(lab, lease, SAMPLE)
    await lab.create(lease)
    await expectContent(lab, lease, SAMPLE, 'the source')
  }),
  it('records an artifact, and waits until it is kept', async lab => {
    const lease = await lab.acquire()
    let [begun, kept] = [0, 0]
    await lab.create(lease, {
      record: async () => {
        begun++
        await sleep(20)
        kept++
      },
    })
    assert.ok(begun > 0, 'create returns without having recorded an artifact')
    assert.equal(kept, begun, 'create returns while an artifact is still being recorded')
  }),
  it('fails when the artifact cannot be kept', async lab => {
    const lease = await lab.acquire()
    const record = (): Promise<void> => Promise.reject(new Error('the disk is full'))
    await rejectionOf(lab.create(lease, {record}), 'create that could not record its artifact')
  }),
  it('answers the same id with the same artifact', async lab => {
    const lease = await lab.acquire()
    await write(lab, lease, SAMPLE)
    const first = await lab.create(lease)
    const second = await lab.create(lease, {id: first.id})
    assert.deepEqual(second.artifact, first.artifact)
  }),
  it('gives an artifact that survives being written as JSON', async lab => {
    const {artifact} = await lab.create(await lab.acquire())
    assert.deepEqual(JSON.parse(JSON.stringify(artifact)), artifact)
  }),
  it('says how large it is in whole bytes and entries', async lab => {
    const {sizes} = await lab.create(await lab.acquire())
    const whole = Object.values(sizes ?? {NONE: NaN}).every(size => Number.isSafeInteger(size) && size >= 0)
    assert.ok(whole, `sizes are ${JSON.stringify(sizes)}`)
  }),
]

/** For tiers with content. */
export const createContentCases = <T extends Tier>(it: CaseMaker<TierLab<T>>): ConformanceCase[] => [
  it('keeps what it saved when the same id comes again after the source was changed', async lab => {
    const lease = await lab.acquire()
    await write(lab, lease, SAMPLE)
    const first = await lab.create(lease)
    await write(lab, lease, {'README.md': 'later!\n', more: 'more\n'})
    await lab.create(lease, {id: first.id})
    await expectContent(lab, await lab.fork(first), SAMPLE, 'the fork')
  }),
  it('leaves the parent as it was', async lab => {
    const lease = await lab.acquire()
    await write(lab, lease, SAMPLE)
    const parent = await lab.create(lease)
    await write(lab, lease, {'README.md': 'later!\n', more: 'more\n'})
    await lab.workspace.remove(lease, 'src')
    const child = await lab.create(lease, {parent})
    await expectContent(lab, await lab.fork(parent), SAMPLE, 'the fork of the parent')
    const expected = {'README.md': 'later!\n', empty: '', 'bytes.bin': String(SAMPLE['bytes.bin']), more: 'more\n'}
    await expectContent(lab, await lab.fork(child), expected, 'the fork of the child')
  }),
  it('records enough to delete the checkpoint, before it returns', async lab => {
    const lease = await lab.acquire()
    await write(lab, lease, SAMPLE)
    const recorded: Artifacts[T][] = []
    const checkpoint = await lab.create(lease, {record: async artifact => void recorded.push(artifact)})
    const artifact = recorded.at(-1)
    assert.ok(artifact !== undefined, 'create returns without having recorded an artifact')
    await lab.delete({...checkpoint, artifact})
    const {problems} = await lab.handlers.verify(checkpoint, lab.context)
    assert.notDeepEqual(problems, [], 'what was recorded before the end is not enough to delete the checkpoint')
  }),
  it('fails for a lease that is gone', async lab => {
    const lease = await lab.acquire()
    await write(lab, lease, SAMPLE)
    await lab.release(lease)
    await rejectionOf(lab.create(lease), 'create of a lease that is gone')
  }),
  it('can happen on two leases at once', async lab => {
    const sources = await Promise.all([lab.acquire(), lab.acquire()])
    await Promise.all(sources.map(source => write(lab, source, {'whose.txt': source.id})))
    const checkpoints = await Promise.all(sources.map(source => lab.create(source)))
    for (const [i, checkpoint] of checkpoints.entries())
      await expectContent(lab, await lab.fork(checkpoint), {'whose.txt': String(sources[i]?.id)}, 'a fork')
  }),
  it('sees a change of which size and time say nothing', async lab => {
    const lease = await lab.acquire()
    await writeOld(lab, lease, 'a.txt', 'before')
    const parent = await lab.create(lease)
    await writeOld(lab, lease, 'a.txt', 'later!')
    const child = await lab.create(lease, {parent})
    await expectContent(lab, await lab.fork(child), {'a.txt': 'later!'}, 'the fork')
  }),
  it('is not disturbed by a clock that is set back in the middle', lab => saveWhileClockIsSet(lab, -1)),
  it('is not disturbed by a clock that is set ahead in the middle', lab => saveWhileClockIsSet(lab, 24)),
]

async function saveWhileClockIsSet<T extends Tier>(lab: TierLab<T>, hours: number): Promise<void> {
  const source = await lab.acquire()
  await write(lab, source, SAMPLE)
  const clock = settableClock()
  try {
    const checkpoint = await lab.create(source, {record: async () => clock.set(hours)})
    await expectContent(lab, await lab.fork(checkpoint), SAMPLE, 'the fork')
  } finally {
    clock.restore()
  }
}
