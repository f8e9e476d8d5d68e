import {setTimeout as sleep} from 'node:timers/promises'

import type {Lease} from '../../core/lease.js'
import type {Tier} from '../../core/tier.js'
import type {CaseMaker, ConformanceCase} from '../case.js'
import {expectContent, SAMPLE, write} from '../content.js'
import {expectGone} from '../expect.js'
import type {TierLab} from '../tier-lab.js'

/** For every tier. */
export const deleteCases = <T extends Tier>(it: CaseMaker<TierLab<T>>): ConformanceCase[] => [
  it('is a success the second time', async lab => {
    const checkpoint = await lab.create(await lab.acquire())
    await lab.delete(checkpoint)
    await lab.handlers.delete(checkpoint, lab.context)
  }),
  it('leaves the source as it was', async lab => {
    const source = await lab.acquire()
    await write(lab, source, SAMPLE)
    await lab.delete(await lab.create(source))
    await expectContent(lab, source, SAMPLE, 'the source')
  }),
]

/** For tiers with content. */
export const deleteContentCases = <T extends Tier>(it: CaseMaker<TierLab<T>>): ConformanceCase[] => [
  it('leaves forks as they were', async lab => {
    const source = await lab.acquire()
    await write(lab, source, SAMPLE)
    const checkpoint = await lab.create(source)
    const fork = await lab.fork(checkpoint)
    await lab.delete(checkpoint)
    await expectContent(lab, fork, SAMPLE, 'the fork')
  }),
  it('leaves other checkpoints of the lease whole, the children too', async lab => {
    const source = await lab.acquire()
    await write(lab, source, SAMPLE)
    const parent = await lab.create(source)
    const twin = await lab.create(source)
    await write(lab, source, {more: 'more\n'})
    const child = await lab.create(source, {parent})
    await lab.delete(parent)
    await expectContent(lab, await lab.fork(twin), SAMPLE, 'a fork of the other checkpoint')
    await expectContent(lab, await lab.fork(child), {...SAMPLE, more: 'more\n'}, 'a fork of the child')
  }),
  it('while it is being forked leaves a whole fork, or none', async lab => {
    const source = await lab.acquire()
    await write(lab, source, SAMPLE)
    const begun = performance.now()
    for (const delay of DELAYS) {
      if (await endsBeforeDelete(lab, source, delay)) break
      if (performance.now() - begun > ENOUGH) break
    }
  }),
]

/** Milliseconds after which the checkpoint of a fork is deleted: what goes wrong depends on how far the fork has come. */
const DELAYS = [0, 5, 10, 20, 40, 80, 160, 320]

/** Milliseconds after which no further moment is tried: a backend that makes machines takes minutes for each. */
const ENOUGH = 2000

/** Saves and forks a lease, and deletes the checkpoint in the middle; true when the fork was ready by then. */
async function endsBeforeDelete<T extends Tier>(lab: TierLab<T>, source: Lease, delay: number): Promise<boolean> {
  const checkpoint = await lab.create(source)
  const request = lab.request()
  await lab.announce(request)
  let ended = false
  const forking = lab.handlers.fork({checkpoint, lease: request}, lab.context).finally(() => (ended = true))
  const deletion = async (): Promise<boolean> => {
    const late = ended
    await lab.delete(checkpoint)
    return late
  }

  // Without a delay it begins in the same moment: a timer would leave a fork in memory time to end.
  const deleting = delay === 0 ? deletion() : sleep(delay).then(deletion)
  const [forked, deleted] = await Promise.allSettled([forking, deleting])
  if (forked.status === 'fulfilled') await expectContent(lab, {id: request.id, ...forked.value}, SAMPLE, 'the fork')
  else await expectGone(lab, request, 'a fork whose checkpoint was deleted')
  await lab.delete(checkpoint)
  if (forked.status === 'fulfilled') await lab.leases.release({id: request.id, ...forked.value}, lab.context)
  return deleted.status === 'fulfilled' && deleted.value
}
