import assert from 'node:assert/strict'
import {readdirSync, truncateSync} from 'node:fs'
import {join} from 'node:path'

import type {Lease} from '../../src/core/lease.js'
import {useSandbox} from '../support/cli.js'
import {configureHosts, sshPool} from '../support/ssh-pool.js'

describe('a pool of hosts', () => {
  const sandbox = useSandbox()
  const [one, two] = sshPool(sandbox.home, ['one', 'two'])
  assert.ok(one !== undefined && two !== undefined)
  before(() => configureHosts(sandbox.home, [one, two], ['provider: ssh']))

  it('takes a lease where a host is named, and spreads its forks over both', async () => {
    const {slug, details, workdir} = await sandbox.json<Lease>(['warmup', '--host', 'two'])
    assert.equal(details['host'], two.address)
    assert.equal(workdir, `${details['root']}/${two.leases()[0]}/shop`)
    await sandbox.json(['run', '--id', slug, '--', 'true'])
    await sandbox.json(['checkpoint', 'create', '--id', slug, '--name', 'a'])
    await sandbox.json(['checkpoint', 'fork', 'a', '--count', '7', '--', 'test', '-f', 'README.md'])
    assert.deepEqual([one.leases().length, two.leases().length], [4, 4])
    await sandbox.json(['checkpoint', 'fork', 'a', '--host', 'two'])
    assert.deepEqual([one.leases().length, two.leases().length], [4, 5])
  })

  it('says where the lease is', async () => {
    const {stdout} = await sandbox.run(['warmup', '--slug', 'here'])
    assert.match(stdout, new RegExp(`^host: +${one.address}$`, 'm'))
    assert.match((await sandbox.run(['status', '--id', 'here'])).stdout, new RegExp(`^host: +${one.address}$`, 'm'))
  })

  it('is not needed to repair the record of a lease, which knows its work root', async () => {
    const workRoot = join(sandbox.dir, 'work-root')
    configureHosts(sandbox.home, [one, two], [], `, workRoot: ${workRoot}`)
    const lease = await sandbox.json<Lease>(['warmup', '--host', 'one'])
    assert.equal(lease.workRoot, join(workRoot, lease.id))
    truncateSync(join(sandbox.state, 'leases.json'), 20)
    configureHosts(sandbox.home, [])
    assert.equal((await sandbox.run(['doctor', '--repair'])).code, 0)
    const {leases} = await sandbox.json<{leases: Lease[]}>(['list'])
    const {workdir, details, state} = leases.find(({id}) => id === lease.id) ?? assert.fail('the record is gone')
    assert.deepEqual({workdir, details, state}, {workdir: lease.workdir, details: lease.details, state: 'ready'})
    await sandbox.json(['stop', '--id', lease.id])
    assert.deepEqual(readdirSync(workRoot), [])
  })

  it('gives leases back when nothing is configured any more', async () => {
    configureHosts(sandbox.home, [])
    const {leases} = await sandbox.json<{leases: Lease[]}>(['list'])
    assert.equal(leases.length, 10)
    for (const {id} of leases) await sandbox.json(['stop', '--id', id])
    assert.deepEqual([one.leases(), two.leases()], [[], []])
  })
})
