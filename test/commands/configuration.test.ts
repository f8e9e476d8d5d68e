import assert from 'node:assert/strict'
import {mkdirSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import type {Lease} from '../../src/core/lease.js'
import {useSandbox} from '../support/cli.js'
import {refuses} from '../support/refusals.js'

describe('configuration', () => {
  const sandbox = useSandbox()
  const {home, repo} = sandbox
  const user = (text: string): void => {
    mkdirSync(join(home, '.config/crabbox'), {recursive: true})
    writeFileSync(join(home, '.config/crabbox/config.yaml'), text)
  }
  const repository = (text: string): void => writeFileSync(join(repo, '.crabbox.yaml'), text)
  afterEach(() => {
    rmSync(join(home, '.config'), {recursive: true, force: true})
    rmSync(join(repo, '.crabbox.yaml'), {force: true})
  })
  const leased = async (args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<string> => {
    const lease = await sandbox.json<Lease>(['warmup', ...args], {env})
    const {createdAt, expiresAt} = lease
    const hours = expiresAt === null ? 'ever' : `${(Date.parse(expiresAt) - Date.parse(createdAt)) / 3_600_000}h`
    return `${lease.class} for ${hours}`
  }

  it('counts after flags and the environment, and the repository before the user', async () => {
    assert.equal(await leased(), 'standard for ever')
    user('class: small\nttl: 2h\n')
    assert.equal(await leased(), 'small for 2h')
    repository('class: fast\n')
    assert.equal(await leased(), 'fast for 2h')
    assert.equal(await leased([], {CRABBOX_CLASS: 'large', CRABBOX_TTL: '3h'}), 'large for 3h')
    assert.equal(
      await leased(['--class', 'tiny', '--ttl', '4h'], {CRABBOX_CLASS: 'large', CRABBOX_TTL: '3h'}),
      'tiny for 4h',
    )
  })

  it('chooses the provider, unless a host or a provider is named', async () => {
    user('provider: ssh\n')
    await refuses(sandbox, ['warmup'], {exit: 2, code: 'HOST_MISSING'})
    await refuses(sandbox, ['run', '--', 'true'], {exit: 2, code: 'HOST_MISSING'})
    assert.equal(await leased(['--provider', 'local']), 'standard for ever')
    assert.equal(await leased([], {CRABBOX_PROVIDER: 'local'}), 'standard for ever')
    user('provider: local\n')
    await refuses(sandbox, ['warmup', '--host', 'me@127.0.0.1:1'], {exit: 5, code: 'HOST_UNREACHABLE'})
  })

  it('gives run its defaults, where it leases', async () => {
    repository('class: beast\nttl: 1h\n')
    const {lease} = await sandbox.json<{lease: Lease}>(['run', '--keep', '--', 'true'])
    const {leases} = await sandbox.json<{leases: Lease[]}>(['list'])
    const found = leases.find(({id}) => id === lease.id)
    assert.equal(found?.class, 'beast')
    assert.equal(Date.parse(found.expiresAt ?? '') - Date.parse(found.createdAt), 3_600_000)
  })

  it('is refused with file, line and column, and only by commands that need it', async () => {
    const {slug} = await sandbox.json<Lease>(['warmup'])
    repository('class: huge\n')
    const refusal = {exit: 3, code: 'CONFIG_INVALID', says: /shop\/\.crabbox\.yaml:1:8: class is "huge"; allowed are/}
    await refuses(sandbox, ['warmup'], refusal)
    await refuses(sandbox, ['run', '--', 'true'], refusal)
    for (const args of [['list'], ['checkpoint', 'list'], ['run', '--id', slug, '--', 'true']])
      assert.equal((await sandbox.run(args)).code, 0, args.join(' '))
  })
})
