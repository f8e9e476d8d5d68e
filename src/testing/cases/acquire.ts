import assert from 'node:assert/strict'
import {posix} from 'node:path'

import type {LeaseOperations} from '../../core/provider.js'
import type {CaseMaker, ConformanceCase} from '../case.js'
import {expectContent, SAMPLE, write} from '../content.js'
import type {Lab} from '../lab.js'

export const acquireCases = (it: CaseMaker<Lab>): ConformanceCase[] => [
  it('makes a workdir that is there and empty', async lab => {
    const lease = await lab.acquire()
    assert.deepEqual(await lab.workspace.list(lease), [])
  }),
  it('places the workdir directly in the work root, under the name of the repository', async lab => {
    const request = lab.request()
    const {workRoot, workdir} = await lab.acquire(request)
    assert.ok(posix.isAbsolute(workRoot), `the work root ${workRoot} is not absolute`)
    assert.equal(workdir, posix.join(workRoot, request.repoName))
  }),
  it('leaves a lease that runs', async lab => {
    const {id, details} = await lab.acquire()
    assert.equal(await lab.leases.status({id, details}, lab.context), 'running')
  }),
  it('gives details that survive being written as JSON', async lab => {
    const {details} = await lab.acquire()
    assert.deepEqual(JSON.parse(JSON.stringify(details)), details)
    assert.ok(
      Object.values(details).every(value => typeof value === 'string'),
      'details are strings',
    )
  }),
  it('answers the same id with the same placement, and leaves what is there', async lab => {
    const request = lab.request()
    const first = await lab.leases.acquire(request, lab.context)
    await write(lab, {id: request.id, ...first}, SAMPLE)
    const second = await lab.leases.acquire(request, lab.context)
    assert.deepEqual(second, first)
    await expectContent(lab, {id: request.id, ...second}, SAMPLE, 'the lease')
  }),
  it('gives every lease a place of its own', async lab => {
    const [one, other] = [await lab.acquire(), await lab.acquire()]
    await write(lab, one, SAMPLE)
    await expectContent(lab, other, {}, 'the other lease')
  }),
  it('can happen several times at once', async lab => {
    const leases = await Promise.all([lab.acquire(), lab.acquire(), lab.acquire()])
    await Promise.all(leases.map(lease => write(lab, lease, {'whose.txt': lease.id})))
    for (const lease of leases) await expectContent(lab, lease, {'whose.txt': lease.id}, 'a lease')
  }),
]

/** For providers whose leases cost money. */
export const planCases = (it: CaseMaker<Lab>, plan: NonNullable<LeaseOperations['plan']>): ConformanceCase[] => [
  it('can be planned, line by line', async lab => {
    const {class: size} = lab.request()
    const lines = await plan({class: size}, lab.context)
    assert.ok(lines.length > 0, 'the plan is empty')
    assert.ok(
      lines.every(line => line.trim() !== '' && !line.includes('\n')),
      `the plan is ${JSON.stringify(lines)}`,
    )
  }),
]
