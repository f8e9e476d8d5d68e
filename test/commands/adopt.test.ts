import assert from 'node:assert/strict'
import {mkdirSync, readdirSync, renameSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import type {Lease} from '../../src/core/lease.js'
import type {HostListing} from '../../src/operations/list-hosts.js'
import {useSandbox} from '../support/cli.js'
import {refuses} from '../support/refusals.js'
import {configureHosts, sshPool} from '../support/ssh-pool.js'

interface Listed {
  readonly leases: Lease[]
  readonly hosts: HostListing[]
}

describe('leases on hosts', () => {
  const sandbox = useSandbox()
  const [one, two] = sshPool(sandbox.home, ['one', 'two'])
  assert.ok(one !== undefined && two !== undefined)
  const other = {env: {CRABBOX_STATE_DIR: join(sandbox.dir, 'other-state')}}
  let mine: Lease
  let theirs: Lease
  const markerOf = (id: string): string => join(one.home, '.crabbox/leases', id, '.crabbox-lease')
  before(async () => {
    configureHosts(sandbox.home, [one, two], ['provider: ssh'])
    mine = await sandbox.json<Lease>(['warmup', '--host', 'one', '--slug', 'mine'])
    theirs = await sandbox.json<Lease>(['warmup', '--host', 'one', '--slug', 'theirs', '--class', 'large'], other)
    const {id, slug} = await sandbox.json<Lease>(['warmup', '--host', 'one', '--slug', 'hurt'], other)
    await sandbox.json(['run', '--id', slug, '--', 'true'], other)
    writeFileSync(markerOf(id), '{"lease":"nonsense"')
  })

  it('are listed besides the recorded ones, with who made them and whether they are recorded', async () => {
    const {leases, hosts} = await sandbox.json<Listed>(['list', '--host', 'one'])
    assert.deepEqual(
      leases.map(({slug}) => slug),
      ['mine'],
    )
    assert.equal(hosts.length, 1)
    assert.deepEqual(hosts[0]?.leases.map(({slug, recorded}) => [slug, recorded]).sort(), [
      ['mine', true],
      ['theirs', false],
    ])
    assert.deepEqual(
      hosts[0].damaged.map(({reason}) => reason),
      ['its marker is damaged'],
    )
    const {stdout, stderr} = await sandbox.run(['list', '--host', 'one'])
    assert.match(stdout, /^SLUG .*\nmine +cbx_.*\n\non one:\nSLUG +ID +CLASS +AGE +REPOSITORY +OWNER +RECORDED HERE\n/)
    assert.match(stdout, /^theirs +cbx_\w+ +large +\d+\w +shop +\S+@\S+ +no$/m)
    assert.match(stdout, /^mine +cbx_\w+ +standard +\d+\w +shop +\S+@\S+ +yes$/m)
    assert.match(stderr, /cbx_\w+ on one is no lease that can be used: its/)
  })

  it('are listed for all hosts, but for those that cannot be reached', async () => {
    configureHosts(sandbox.home, [{name: 'dead', address: 'me@127.0.0.1:1'}, one, two])
    const {stdout, stderr, code} = await sandbox.run(['list', '--all-hosts'])
    assert.equal(code, 0)
    assert.match(stdout, /\non one:\n(?:.*\n)+\non two: no leases\n$/)
    assert.match(stderr, /warning: the host dead was skipped: cannot connect/)
    configureHosts(sandbox.home, [])
    await refuses(sandbox, ['list', '--all-hosts'], {exit: 2, code: 'HOSTS_NOT_CONFIGURED'})
    configureHosts(sandbox.home, [one, two], ['provider: ssh'])
  })

  it('are not adopted when they are recorded, unknown, ambiguous or damaged', async () => {
    const hurt = one.leases().find(id => id !== mine.id && id !== theirs.id) ?? ''
    const adopt = (text: string, ...more: string[]): string[] => ['adopt', text, '--host', 'one', ...more]
    await refuses(sandbox, adopt('mine'), {exit: 6, code: 'LEASE_RECORDED', says: /recorded already, as mine/})
    await refuses(sandbox, adopt(mine.id), {exit: 6, code: 'LEASE_RECORDED'})
    await refuses(sandbox, adopt('nobody'), {exit: 4, code: 'LEASE_NOT_FOUND', says: /list --host one/})
    await refuses(sandbox, ['adopt', theirs.id, '--host', 'two'], {exit: 4, code: 'LEASE_NOT_FOUND'})
    await refuses(sandbox, adopt(hurt), {exit: 5, code: 'LEASE_DAMAGED', says: /its marker is damaged/})
    await refuses(sandbox, adopt(theirs.id, '--slug', 'mine'), {exit: 6, code: 'SLUG_TAKEN'})
    const second = await sandbox.json<Lease>(['warmup', '--host', 'one', '--slug', 'theirs'])
    await refuses(sandbox, adopt('theirs'), {exit: 2, code: 'LEASE_AMBIGUOUS', says: new RegExp(second.id)})
    await sandbox.json(['stop', '--id', second.id])
  })

  it('work as any other once they are adopted', async () => {
    const before = readdirSync(join(one.home, '.crabbox/leases', theirs.id))
    const adopted = await sandbox.json<Lease>(['adopt', theirs.id, '--host', 'one', '--slug', 'ours'])
    const {id, workRoot, workdir, details, createdAt} = theirs
    const there = {workRoot, workdir, details, class: 'large', state: 'ready', provider: 'ssh'}
    assert.deepEqual({...adopted, ...there, id}, adopted)
    assert.ok(Math.abs(Date.parse(adopted.createdAt) - Date.parse(createdAt)) < 60_000)
    assert.deepEqual(readdirSync(join(one.home, '.crabbox/leases', theirs.id)), before)
    await sandbox.json(['run', '--id', 'ours', '--', 'test', '-f', 'README.md'])
    await sandbox.json(['checkpoint', 'create', '--id', 'ours', '--name', 'a'])
    await sandbox.json(['stop', '--id', 'ours'])
    assert.ok(!one.leases().includes(theirs.id))
  })

  it('are found again when the state is lost, and a fork is still one', async () => {
    const fork = await sandbox.json<{forks: {lease: Lease}[]}>(['checkpoint', 'fork', 'a', '--host', 'two'])
    const {id, slug, forkedFrom} = fork.forks[0]?.lease ?? assert.fail('no fork')
    renameSync(sandbox.state, `${sandbox.state}.lost`)
    mkdirSync(sandbox.state)
    const {hosts} = await sandbox.json<Listed>(['list', '--all-hosts'])
    const found = hosts.flatMap(({leases}) => leases)
    assert.deepEqual(found.map(lease => lease.id).sort(), [id, mine.id].sort())
    assert.ok(found.every(({recorded}) => !recorded))
    const outcome = await sandbox.run(['adopt', slug, '--host', two.address])
    assert.equal(outcome.stderr, '')
    await sandbox.json(['adopt', mine.id.slice(0, 12), '--host', 'one'])
    const {leases} = await sandbox.json<Listed>(['list'])
    assert.equal(leases.find(lease => lease.id === id)?.forkedFrom, forkedFrom)
    for (const lease of leases) await sandbox.json(['stop', '--id', lease.id])
    assert.deepEqual([one.leases().length, two.leases()], [1, []])
  })
})
