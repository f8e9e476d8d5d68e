import assert from 'node:assert/strict'

import type {Tier} from '../../core/tier.js'
import type {CaseMaker, ConformanceCase} from '../case.js'
import {expectContent, HOSTILE, SAMPLE, write} from '../content.js'
import {expectCode, expectGone, rejectionOf} from '../expect.js'
import type {TierLab} from '../tier-lab.js'

const LATER = {'README.md': 'later!\n', 'only/here': 'new\n'}

/** For tiers with content. */
export const forkCases = <T extends Tier>(it: CaseMaker<TierLab<T>>): ConformanceCase[] => [
  it('gives a lease that runs, with the content of the source', async lab => {
    const source = await lab.acquire()
    await write(lab, source, SAMPLE)
    const fork = await lab.fork(await lab.create(source))
    assert.equal(await lab.leases.status(fork, lab.context), 'running')
    await expectContent(lab, fork, SAMPLE, 'the fork')
  }),
  it('gives what was saved when the source was changed since', async lab => {
    const source = await lab.acquire()
    await write(lab, source, SAMPLE)
    const checkpoint = await lab.create(source)
    await write(lab, source, LATER)
    await lab.workspace.remove(source, 'src')
    await expectContent(lab, await lab.fork(checkpoint), SAMPLE, 'the fork')
  }),
  it('gives what was saved when the source is gone', async lab => {
    const source = await lab.acquire()
    await write(lab, source, SAMPLE)
    const checkpoint = await lab.create(source)
    await lab.release(source)
    await expectContent(lab, await lab.fork(checkpoint), SAMPLE, 'the fork')
  }),
  it('gives an empty workdir for an empty one', async lab => {
    const fork = await lab.fork(await lab.create(await lab.acquire()))
    await expectContent(lab, fork, {}, 'the fork')
  }),
  it('keeps hostile file names', async lab => {
    const source = await lab.acquire()
    await write(lab, source, HOSTILE)
    await expectContent(lab, source, HOSTILE, 'the source')
    await expectContent(lab, await lab.fork(await lab.create(source)), HOSTILE, 'the fork')
  }),
  it('leaves the source as it was, also when the fork is changed', async lab => {
    const source = await lab.acquire()
    await write(lab, source, SAMPLE)
    const fork = await lab.fork(await lab.create(source))
    await write(lab, fork, LATER)
    await lab.workspace.remove(fork, 'src')
    await expectContent(lab, source, SAMPLE, 'the source')
  }),
  it('is not changed by the source any more', async lab => {
    const source = await lab.acquire()
    await write(lab, source, SAMPLE)
    const fork = await lab.fork(await lab.create(source))
    await write(lab, source, LATER)
    await lab.workspace.remove(source, 'src')
    await expectContent(lab, fork, SAMPLE, 'the fork')
  }),
  it('gives the second fork what the first was given, whatever was changed there', async lab => {
    const source = await lab.acquire()
    await write(lab, source, SAMPLE)
    const checkpoint = await lab.create(source)
    const first = await lab.fork(checkpoint)
    await write(lab, first, LATER)
    const second = await lab.fork(checkpoint)
    await expectContent(lab, second, SAMPLE, 'the second fork')
    await write(lab, second, {'README.md': 'second\n'})
    await expectContent(lab, first, {...SAMPLE, ...LATER}, 'the first fork')
  }),
  it('can happen several times at once', async lab => {
    const source = await lab.acquire()
    await write(lab, source, SAMPLE)
    const checkpoint = await lab.create(source)
    const forks = await Promise.all([lab.fork(checkpoint), lab.fork(checkpoint), lab.fork(checkpoint)])
    for (const fork of forks) await expectContent(lab, fork, SAMPLE, 'a fork')
  }),
  it('can be saved and forked in turn', async lab => {
    const source = await lab.acquire()
    await write(lab, source, SAMPLE)
    const checkpoint = await lab.create(source)
    const fork = await lab.fork(checkpoint)
    await write(lab, fork, LATER)
    const next = await lab.fork(await lab.create(fork, {parent: checkpoint}))
    await expectContent(lab, next, {...SAMPLE, ...LATER}, "the fork's fork")
  }),
  it('fails without the saved state, and leaves no lease', async lab => {
    const source = await lab.acquire()
    await write(lab, source, SAMPLE)
    const checkpoint = await lab.create(source)
    await lab.delete(checkpoint)
    const request = lab.request()
    await rejectionOf(lab.fork(checkpoint, request), 'a fork of a checkpoint whose data is gone')
    await expectGone(lab, request, 'a fork that failed')
  }),
]

/** For tiers without content. */
export const refusedForkCases = <T extends Tier>(it: CaseMaker<TierLab<T>>, refusal: string): ConformanceCase[] => [
  it(`is refused with ${refusal}, and leaves no lease`, async lab => {
    const checkpoint = await lab.create(await lab.acquire())
    const request = lab.request()
    await expectCode(lab.fork(checkpoint, request), refusal, 'the fork')
    await expectGone(lab, request, 'a fork that was refused')
  }),
]
