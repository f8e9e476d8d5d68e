import assert from 'node:assert/strict'
import {mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import type {Context} from '../../../src/core/context.js'
import {isErrno} from '../../../src/core/errors.js'
import type {ConfiguredHost} from '../../../src/core/host.js'
import {newLeaseId, newSlug} from '../../../src/core/ids.js'
import {ANY_HOST, type LeaseRequest, type Placement} from '../../../src/core/lease.js'
import {silentProgress} from '../../../src/core/progress.js'
import {ssh} from '../../../src/providers/ssh/index.js'
import {prepareStateDir} from '../../../src/state/paths.js'
import {describeConformance} from '../../../src/testing/describe.js'
import {homeIs, sshPool} from '../../support/ssh-pool.js'

describe('the hosts of the ssh provider', () => {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'crabbox-home-')))
  const stateDir = join(home, 'state')
  const [one, two] = sshPool(home, ['one', 'two'])
  assert.ok(one !== undefined && two !== undefined)
  homeIs(home)
  before(() => prepareStateDir(stateDir))
  after(() => rmSync(home, {recursive: true, force: true}))
  afterEach(() => {
    for (const host of [one, two]) rmSync(join(host.home, '.crabbox'), {recursive: true, force: true})
  })

  const configured = (changed: Partial<ConfiguredHost> = {}): ConfiguredHost[] =>
    [one, two].map(({name, address}) => ({name, address, workRoot: null, labels: {}, ...changed}))
  const unreachable: ConfiguredHost = {name: 'dead', address: 'me@127.0.0.1:1', workRoot: null, labels: {}}
  const contextOf = (hosts: readonly ConfiguredHost[], warnings: string[] = []): Context => ({
    stateDir,
    hosts,
    progress: {...silentProgress, warn: message => void warnings.push(message)},
    signal: new AbortController().signal,
  })
  const requestOf = (changed: Partial<LeaseRequest> = {}): LeaseRequest => ({
    ...{id: newLeaseId(), slug: newSlug(() => false), class: 'tiny', repoName: 'shop', expiresAt: null},
    ...{host: ANY_HOST, record: async () => undefined, ...changed},
  })
  const acquire = (context: Context, changed: Partial<LeaseRequest> = {}): Promise<Placement> =>
    ssh.leases.acquire(requestOf(changed), context)
  const named = (name: string): Partial<LeaseRequest> => ({host: {name, acceptNewKey: false}})
  const counts = (): number[] => [one, two].map(host => host.leases().length)

  it('are taken by their names, else as addresses', async () => {
    await acquire(contextOf(configured()), named('two'))
    assert.deepEqual(counts(), [0, 1])
    await acquire(contextOf(configured()), named(one.address))
    assert.deepEqual(counts(), [1, 1])
    await assert.rejects(acquire(contextOf(configured()), named('three.invalid')), {code: 'HOST_UNREACHABLE'})
  })

  it('are a pool: the one with the fewest leases is taken', async () => {
    mkdirSync(join(one.home, '.crabbox/leases', newLeaseId()), {recursive: true})
    const {details} = await acquire(contextOf(configured()))
    assert.equal(details['host'], two.address)
    for (let i = 0; i < 3; i++) await acquire(contextOf(configured()))
    assert.deepEqual(counts().sort(), [2, 3])
  })

  it('get as many leases each, of those that are made at the same time', async () => {
    const context = contextOf(configured())
    await Promise.all(Array.from({length: 8}, () => acquire(context)))
    assert.deepEqual(counts(), [4, 4])
    for (let i = 0; i < 4; i++) await acquire(context)
    assert.deepEqual(counts(), [6, 6])
  })

  it('do not count a lease that could not be made', async () => {
    for (let i = 0; i < 3; i++) mkdirSync(join(one.home, '.crabbox/leases', newLeaseId()), {recursive: true})
    const context = contextOf(configured())
    const fails = {record: () => Promise.reject(new Error('no'))}
    const failed = await Promise.allSettled(Array.from({length: 3}, () => acquire(context, fails)))
    assert.ok(failed.every(({status}) => status === 'rejected'))
    await Promise.all(Array.from({length: 3}, () => acquire(context)))
    assert.deepEqual(counts(), [3, 3])
  })

  it('keep a lease where it is when it is asked for again', async () => {
    const request = requestOf()
    const first = await ssh.leases.acquire(request, contextOf(configured()))
    const other = first.details['host'] === one.address ? two : one
    assert.deepEqual(await ssh.leases.acquire(request, contextOf(configured())), first)
    assert.deepEqual(other.leases(), [])
  })

  it('that cannot be reached are skipped, with a warning', async () => {
    const warnings: string[] = []
    await acquire(contextOf([unreachable, ...configured()], warnings))
    assert.equal(warnings.length, 1)
    assert.match(warnings[0] ?? '', /^the host dead was skipped: cannot connect to .*127\.0\.0\.1:1: /)
  })

  it('that have no place for a lease are skipped, with a warning', async () => {
    writeFileSync(join(home, 'file'), '')
    const warnings: string[] = []
    const [first, second] = configured()
    assert.ok(first !== undefined && second !== undefined)
    const context = contextOf([{...first, workRoot: join(home, 'file', 'leases')}, second], warnings)
    for (let i = 0; i < 3; i++) await acquire(context)
    assert.deepEqual(counts(), [0, 3])
    assert.match(warnings.join(), /one.*cannot use the host: .*file cannot be written to/)
  })

  it('are named with their reasons when none can be reached', async () => {
    const both = [unreachable, {...unreachable, name: 'gone', address: 'you@127.0.0.1:1'}]
    await assert.rejects(acquire(contextOf(both)), {
      code: 'HOSTS_UNUSABLE',
      message: /^none of the configured hosts can be used: dead: cannot connect .*; gone: cannot connect /,
    })
    await assert.rejects(acquire(contextOf([unreachable])), {code: 'HOST_UNREACHABLE'})
    await assert.rejects(acquire(contextOf([])), {code: 'HOST_MISSING'})
  })

  it('may have a work root, which is recorded before anything is made there', async () => {
    const workRoot = join(home, 'srv', 'leases')
    const recorded: Placement['details'][] = []
    const record = async (details: Placement['details']): Promise<void> => {
      assert.throws(
        () => readdirSync(workRoot),
        (error: unknown) => isErrno(error, 'ENOENT'),
      )
      recorded.push(details)
    }

    const request = requestOf({...named('two'), record})
    const placement = await ssh.leases.acquire(request, contextOf(configured({workRoot})))
    assert.equal(recorded[0]?.['root'], workRoot)
    assert.equal(placement.workdir, join(workRoot, request.id, 'shop'))
    assert.deepEqual(counts(), [0, 0])
    // Without the configuration, all that is known is what was recorded.
    const lease = {id: request.id, details: recorded[0] ?? {}}
    assert.equal(await ssh.leases.status(lease, contextOf([])), 'running')
    const again = {...request, host: ANY_HOST, recorded: lease.details, record: async () => undefined}
    assert.deepEqual(await ssh.leases.acquire(again, contextOf([])), placement)
    await ssh.leases.release(lease, contextOf([]))
    assert.deepEqual(readdirSync(workRoot), [])
  })

  describe('as a pool', () => {
    const context = {
      ...contextOf([]),
      get hosts() {
        return configured()
      },
    }
    const provider = {...ssh, tiers: {recipe: ssh.tiers.recipe}, restores: {}}
    describeConformance(() => ({provider, context}), {describe, it})
  })
})
