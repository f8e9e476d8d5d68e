import assert from 'node:assert/strict'
import {once} from 'node:events'
import {existsSync, mkdirSync, readdirSync, rmSync, writeFileSync} from 'node:fs'
import {hostname} from 'node:os'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

import {useSandbox} from '../support/cli.js'
import {linkPlugins} from '../support/plugins.js'
import {sharesBlocks} from '../support/tiers-here.js'
import {assertRefusal} from '../support/refusals.js'

interface Report {
  readonly provider: string
  readonly passed: number
  readonly failed: number
  readonly notRun: number
  readonly notOffered: readonly string[]
  readonly cases: readonly {readonly name: string; readonly outcome: string; readonly error: string | null}[]
}

/** Local leases that cannot be released a second time, and others that stay when they are released. */
const BROKEN = `
import {CONTRACT, defineProvider, localTransport, notFoundError, recipe} from 'crabbox'
import {existsSync, mkdirSync, rmSync} from 'node:fs'
import {join} from 'node:path'
export default async ({registry}) => registry.register({name: 'broken', summary: 'Broken.', contract: CONTRACT, load: async () => {
  const placeOf = (id, {stateDir}) => join(stateDir, 'broken', id)
  const leases = {
    acquire: async ({id, repoName}, context) => {
      if (context.signal.aborted) throw context.signal.reason
      const workRoot = placeOf(id, context)
      mkdirSync(join(workRoot, repoName), {recursive: true})
      return {workRoot, workdir: join(workRoot, repoName), details: {}}
    },
    connect: async ({id}, context) => {
      if (!existsSync(placeOf(id, context))) throw notFoundError('LEASE_GONE', 'it is gone')
      return localTransport()
    },
    status: async ({id}, context) => existsSync(placeOf(id, context)) ? 'running' : 'gone',
    release: async ({id}, context) => {
      if (!existsSync(placeOf(id, context))) throw notFoundError('LEASE_GONE', 'there is nothing to release')
      rmSync(placeOf(id, context), {recursive: true})
    },
  }
  return defineProvider({name: 'broken', summary: 'Broken.', leases, tiers: {recipe: recipe()}})
}})
`

describe('providers verify', () => {
  const sandbox = useSandbox(async ({dir, json}) => {
    linkPlugins({dir}, [{name: 'crabbox-plugin-broken', hook: BROKEN}])
    await json(['warmup', '--slug', 'mine'])
    await json(['checkpoint', 'create', '--id', 'mine', '--name', 'kept'])
  })
  const {run, json, state, start} = sandbox
  const places = (): string[] => readdirSync(join(state, 'verify'))

  it('proves a provider, and touches nothing of the user', async () => {
    const before = await sandbox.stateNow()
    const report = await json<Report>(['providers', 'verify', 'local', '--only', 'acquire', '--only', 'verify'])
    assert.deepEqual(
      {...report, cases: report.cases.filter(({outcome}) => outcome !== 'passed')},
      {...report, provider: 'local', failed: 0, notRun: 0, leftBehind: [], cases: []},
    )
    assert.ok(report.passed >= 10 && report.cases.length === report.passed)
    assert.ok(report.notOffered.includes('the tier aws-ami'))
    const native = report.notOffered.filter(what =>
      what.startsWith('the tier provider-native here: the file system of '),
    )
    assert.equal(native.length, sharesBlocks(state) ? 0 : 1)
    assert.deepEqual(places(), [])
    const after = [...(await sandbox.stateNow())].filter(([path]) => path !== 'verify')
    assert.deepEqual(new Map(after), before)
  })

  it('names what a provider does not do, and fails', async () => {
    const outcome = await run(['providers', 'verify', 'broken'])
    assertRefusal(
      {...outcome, stdout: ''},
      {exit: 5, code: 'PROVIDER_NONCONFORMING', says: /the provider broken fails \d+ of \d+ cases/},
    )
    assert.deepEqual(places(), [])
    assert.match(outcome.stdout, /^ok {4}acquire: makes a workdir that is there and empty \(\d+ ms\)$/m)
    assert.match(outcome.stdout, /^FAIL {2}release: is a success the second time\n {6}there is nothing to release$/m)
    assert.match(outcome.stdout, /^-- {4}not offered: the tier workspace-archive$/m)
    assert.match(outcome.stdout, /^broken: \d+ passed, \d+ failed\n$/m)
    const {code, json: report} = await run(['providers', 'verify', 'broken', '--only', 'release', '--json'])
    assert.equal(code, 5)
    const failed = (report as Report).cases.filter(({outcome: ended}) => ended === 'failed')
    assert.deepEqual(
      failed.map(({name, error}) => [name, error]),
      [
        [
          'release: finds the lease by its id and what was recorded, as after an interruption',
          'there is nothing to release',
        ],
        ['release: is a success the second time', 'there is nothing to release'],
        ['release: is a success for a lease that never was', 'there is nothing to release'],
      ],
    )
  })

  it('lists the cases when it is a dry run', async () => {
    const {cases} = await json<{cases: string[]}>(['providers', 'verify', 'aws', '--dry-run', '--only', 'fork'])
    assert.ok(cases.includes('fork (aws-ami): gives what was saved when the source is gone'))
    assert.ok(cases.every(name => name.startsWith('fork')))
  })

  it('leases no machine that costs money unless that is wanted', async () => {
    const outcome = await run(['providers', 'verify', 'aws'])
    assertRefusal(outcome, {exit: 2, code: 'CONSENT_NEEDED', says: /that costs money[^]*--yes/})
  })

  it('does not know every provider', async () => {
    const outcome = await run(['providers', 'verify', 'nowhere'])
    assertRefusal(outcome, {exit: 4, code: 'PROVIDER_UNKNOWN', says: /nowhere[^]*broken/})
  })

  it('ends between two cases at Ctrl-C, with nothing left', async () => {
    const {child, done} = start(['providers', 'verify', 'local'])
    child.stdout?.once('data', () => child.kill('SIGINT'))
    assertRefusal({...(await done), stdout: ''}, {exit: 130, code: 'INTERRUPTED', says: /was interrupted/})
    assert.deepEqual(places(), [])
  })

  it('is cleaned up by the next command that looks, when it was killed', async () => {
    const {child} = start(['providers', 'verify', 'local', '--only', 'fork'])
    child.stdout?.resume()
    // One that is still being made has another name a moment later.
    const leased = (): string[] =>
      existsSync(join(state, 'verify'))
        ? places()
            .filter(place => !place.startsWith('.'))
            .flatMap(place => readdirSync(join(state, 'verify', place, 'leases')))
        : []
    while (!leased().some(name => name.endsWith('.json'))) await sleep(1)
    child.kill('SIGKILL')
    await once(child, 'exit')
    assert.equal(places().length, 1)
    const {stdout} = await run(['doctor'])
    assert.match(stdout, /a verification of local was interrupted; what it leased has been given back/)
    assert.deepEqual(places(), [])
  })

  it('is told of when its plugin is gone, and is in the way of nothing', async () => {
    const place = join(state, 'verify', '1-0123abcd')
    mkdirSync(join(place, 'leases'), {recursive: true})
    const owner = {pid: 999_999_999, host: hostname(), started: '', provider: 'vanished'}
    writeFileSync(join(place, 'owner.json'), JSON.stringify(owner))
    const {code, stdout} = await run(['doctor'])
    assert.match(stdout, /a verification of vanished was interrupted, and not all .*no provider named "vanished"/)
    assert.equal(code, 0)
    await json(['providers', 'verify', 'local', '--only', 'connect'])
    assert.deepEqual(places(), ['1-0123abcd'])
    rmSync(place, {recursive: true})
  })
})
