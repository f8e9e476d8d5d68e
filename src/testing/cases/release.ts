import {newLeaseId} from '../../core/ids.js'
import type {CaseMaker, ConformanceCase} from '../case.js'
import {expectContent, SAMPLE, write} from '../content.js'
import {expectGone} from '../expect.js'
import type {Lab} from '../lab.js'

export const releaseCases = (it: CaseMaker<Lab>): ConformanceCase[] => [
  it('removes the lease with all that is in it', async lab => {
    const lease = await lab.acquire()
    await write(lab, lease, SAMPLE)
    await lab.release(lease)
    await expectGone(lab, lease, 'releasing')
  }),
  it('finds the lease by its id and what was recorded, as after an interruption', async lab => {
    const lease = await lab.acquire()
    await lab.leases.release(lab.reference(lease), lab.context)
    await expectGone(lab, lease, 'releasing without the placement')
  }),
  it('is a success the second time', async lab => {
    const lease = await lab.acquire()
    await lab.release(lease)
    await lab.leases.release(lease, lab.context)
  }),
  it('is a success for a lease that never was', async lab => {
    await lab.leases.release({id: newLeaseId(), details: {}}, lab.context)
  }),
  it('leaves other leases alone', async lab => {
    const [lease, other] = [await lab.acquire(), await lab.acquire()]
    await write(lab, other, SAMPLE)
    await lab.release(lease)
    await expectContent(lab, other, SAMPLE, 'the other lease')
  }),
]
