import assert from 'node:assert/strict'

import type {FoundLease} from '../../core/found-lease.js'
import {ANY_HOST} from '../../core/lease.js'
import type {LeaseOperations} from '../../core/provider.js'
import type {CaseMaker, ConformanceCase} from '../case.js'
import type {Lab} from '../lab.js'

export function listCases(it: CaseMaker<Lab>, list: NonNullable<LeaseOperations['list']>): ConformanceCase[] {
  /** Looks on the host of the subject, else on all that its context has. */
  const find = async ({subject, context}: Lab, id: string): Promise<FoundLease | undefined> => {
    const {name, acceptNewKey} = subject.host ?? ANY_HOST
    const names = name === null ? (context.hosts ?? []).map(host => host.name) : [name]
    const found = await Promise.all(names.map(host => list({name: host, acceptNewKey}, context)))
    return found.flatMap(({leases}) => leases).find(lease => lease.id === id)
  }

  return [
    it('finds a lease as it was asked for, and where acquire has put it', async lab => {
      const request = lab.request()
      const {workRoot, workdir, details} = await lab.acquire(request)
      const {id, slug, class: size, repoName, expiresAt} = request
      const {owner, createdAt, ...found} = (await find(lab, id)) ?? assert.fail('the lease is not found')
      const expected = {id, slug, class: size, repoName, expiresAt, forkedFrom: null, workRoot, workdir, details}
      assert.deepEqual(found, expected)
      assert.notEqual(owner, '')
      assert.ok(!Number.isNaN(Date.parse(createdAt)), `${createdAt} is no time`)
    }),
    it('finds a lease no more that was released, and still the others', async lab => {
      const [lease, other] = [await lab.acquire(), await lab.acquire()]
      await lab.release(lease)
      assert.equal(await find(lab, lease.id), undefined)
      assert.equal((await find(lab, other.id))?.id, other.id)
    }),
  ]
}
