import assert from 'node:assert/strict'
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir, userInfo} from 'node:os'
import {join} from 'node:path'

import {parseHostAddress} from '../../../src/transports/ssh/address.js'
import {resolveTarget, type SshTarget} from '../../../src/transports/ssh/target.js'

describe('what ~/.ssh/config makes of a host', () => {
  const home = mkdtempSync(join(tmpdir(), 'crabbox-config-'))
  const formerHome = process.env['HOME']
  const config = (text: string, name = 'config'): void => writeFileSync(join(home, '.ssh', name), text)
  const target = (text: string, env: NodeJS.ProcessEnv = {}): Promise<SshTarget> =>
    resolveTarget(parseHostAddress(text), env)
  before(() => {
    mkdirSync(join(home, '.ssh', 'conf.d'), {recursive: true})
    process.env['HOME'] = home
  })
  after(() => {
    process.env['HOME'] = formerHome
    rmSync(home, {recursive: true})
  })

  it('is nothing without the file', async () => {
    const {host, port, user, keyFiles, agent, jumps, knownHosts} = await target('build')
    assert.deepEqual([host, port, user, agent, jumps], ['build', 22, userInfo().username, null, []])
    assert.deepEqual(
      keyFiles,
      ['id_ed25519', 'id_ecdsa', 'id_rsa'].map(name => join(home, '.ssh', name)),
    )
    assert.equal(knownHosts[0], join(home, '.ssh', 'known_hosts'))
  })

  it('is what the first match says, and what the user typed comes before it', async () => {
    config('Host build\n  HostName %h.example\n  User ci\n  Port 2222\nHost *\n  User nobody\n  Port 1\n')
    assert.deepEqual(pick(await target('build')), ['build.example', 2222, 'ci'])
    assert.deepEqual(pick(await target('me@build:22')), ['build.example', 22, 'me'])
    assert.deepEqual(pick(await target('other')), ['other', 1, 'nobody'])
  })

  it('names keys, known hosts and the agent', async () => {
    config(
      'Host *\nIdentityFile ~/.ssh/%r-key\nIdentityFile "/keys/my key"\nIdentitiesOnly yes\nUserKnownHostsFile /a ~/b\nIdentityAgent ~/agent\nHostKeyAlias Known\n',
    )
    const found = await target('me@build', {SSH_AUTH_SOCK: '/sock'})
    assert.deepEqual(found.keyFiles, [join(home, '.ssh', 'me-key'), '/keys/my key'])
    assert.deepEqual(found.knownHosts.slice(0, 2), ['/a', join(home, 'b')])
    assert.deepEqual([found.onlyKeyFiles, found.agent, found.keyAlias], [true, join(home, 'agent'), 'Known'])
    config('IdentityAgent none\n')
    assert.equal((await target('build', {SSH_AUTH_SOCK: '/sock'})).agent, null)
    config('IdentityAgent $MY_AGENT\n')
    assert.equal((await target('build', {MY_AGENT: '/mine'})).agent, '/mine')
  })

  it('goes through other hosts', async () => {
    config('Host inner\n ProxyJump a@one:1,two\nHost direct\n ProxyJump none\n')
    assert.deepEqual((await target('inner')).jumps, ['a@one:1', 'two'])
    assert.deepEqual((await target('direct')).jumps, [])
  })

  it('is read from included files, in their place', async () => {
    config('Include conf.d/*.conf missing\nHost build\n  Port 1\n  User last\n')
    config('Host build\n  Port 2222\n', 'conf.d/a.conf')
    config('Host build\n  Port 3333\n', 'conf.d/b.txt')
    assert.deepEqual(pick(await target('build')), ['build', 2222, 'last'])
  })

  it('runs no program', async () => {
    config(`Match exec "touch ${join(home, 'ran')}"\n  User evil\n`)
    assert.notEqual((await target('build')).user, 'evil')
    assert.throws(() => rmSync(join(home, 'ran')))
  })

  it('is refused where it would go through a program, or makes no sense', async () => {
    config('Host build\n ProxyCommand nc %h %p\n')
    await assert.rejects(target('build'), {code: 'PROXY_COMMAND_UNSUPPORTED', kind: 'config'})
    await target('other')
    config('Include config\n')
    await assert.rejects(target('build'), {code: 'SSH_CONFIG_INVALID', kind: 'config'})
    config('Host build\n Port many\n')
    await assert.rejects(target('build'), {code: 'SSH_CONFIG_INVALID', kind: 'config'})
  })
})

const pick = ({host, port, user}: SshTarget): unknown[] => [host, port, user]
