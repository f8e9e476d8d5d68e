import assert from 'node:assert/strict'
import {spawn} from 'node:child_process'
import {existsSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

import type {Lease} from '../../src/core/lease.js'
import {openLab, outcomeOf, type Lab} from './support/cli.js'
import {hostLeftovers} from './support/host-leftovers.js'
import {killTree, processesWith} from './support/process-tree.js'
import {goRound, stopAll} from './support/round.js'
import {sh} from './support/shell.js'
import {aliasAt, ALIAS, makeClient, type SshClient} from './support/ssh-client.js'
import {startSshd, type Sshd} from './support/sshd.js'

describe('ways to a host', () => {
  let sshd: Sshd
  let client: SshClient
  let lab: Lab
  const connect = (server: Sshd, passphrase = '', env: Record<string, string> = {}): void => {
    client = makeClient(server, passphrase)
    lab = openLab('ways', {base: client.dir, env: {...client.env, ...env}})
  }

  before(async () => {
    sshd = await startSshd()
  })
  after(() => sshd.stop())
  beforeEach(() => connect(sshd))
  afterEach(() => client.close())

  it('an encrypted key, which the agent has unlocked', async () => {
    client.close()
    const agentDir = sh('mktemp -d').trim()
    const socket = join(agentDir, 'socket')
    connect(sshd, 'secret words', {SSH_AUTH_SOCK: socket})
    const agent = spawn('ssh-agent', ['-D', '-a', socket], {stdio: 'ignore'})
    try {
      while (!existsSync(socket)) await sleep(20)
      const locked = await lab.run('warmup', '--host', ALIAS)
      assert.equal(locked.code, 3, locked.stderr)
      assert.match(locked.stderr, /Code: SSH_AUTH_FAILED/)
      assert.match(locked.stderr, /ssh-add/)
      const askpass = join(agentDir, 'askpass')
      writeFileSync(askpass, '#!/bin/sh\necho secret words\n', {mode: 0o700})
      sh(
        'SSH_AUTH_SOCK="$1" SSH_ASKPASS="$2" SSH_ASKPASS_REQUIRE=force ssh-add -q "$3" < /dev/null',
        socket,
        askpass,
        join(client.home, '.ssh/id_ed25519'),
      )
      await goRound(lab, ALIAS)
      await stopAll(lab)
      assert.deepEqual(hostLeftovers(sshd.home, []), [])
    } finally {
      if (agent.pid !== undefined) await killTree(agent.pid)
      sh('rm -r "$1"', agentDir)
    }
  })

  it('through a second server, and not past it', async () => {
    const jump = await startSshd()
    jump.authorize(client.publicKey)
    client.write('known_hosts', `${ALIAS} ${sshd.hostKey}\n[127.0.0.1]:${jump.port} ${jump.hostKey}\n`)
    client.write('config', aliasAt(sshd.port, `ProxyJump root@127.0.0.1:${jump.port}`))
    try {
      await goRound(lab, ALIAS)
      await stopAll(lab)
      assert.deepEqual(hostLeftovers(sshd.home, []), [])
    } finally {
      await jump.stop()
    }

    const {code, stderr} = await lab.run('warmup', '--host', ALIAS)
    assert.equal(code, 5, stderr)
    assert.match(stderr, /Code: HOST_UNREACHABLE/)
  })

  it('not with more keys than a server waits for, which is told from a server that is down', async () => {
    const strict = await startSshd({config: ['MaxAuthTries 1']})
    strict.authorize(client.publicKey)
    client.write('known_hosts', `${ALIAS} ${strict.hostKey}\n`)
    sh('ssh-keygen -q -t ed25519 -N "" -f "$1"', join(client.home, '.ssh/other'))
    const files = ['other', 'id_ed25519'].map(name => `IdentityFile ~/.ssh/${name}`)
    client.write('config', aliasAt(strict.port, files.join('\n  ')))
    try {
      const {code, stderr} = await lab.run('warmup', '--host', ALIAS)
      assert.equal(code, 3, stderr)
      assert.match(stderr, /hung up after so many keys[^]*Code: SSH_AUTH_FAILED[^]*IdentitiesOnly yes/)
    } finally {
      await strict.stop()
    }
  })

  it('a server whose sh is a bash with functions in the place of programs', async () => {
    const bin = sh('mktemp -d').trim()
    sh('ln -s /bin/bash "$1/sh"', bin)
    // Those that the commands of this round do not call: what these see is the user's own business.
    const noisy = ['cd', 'mv', 'rm', 'ls', 'cat'].map(
      name => `${name}() { echo "a ${name} of the user's"; command ${name} "$@"; }; export -f ${name}`,
    )
    const server = await startSshd({path: `${bin}:/usr/bin:/bin`, env: {HOME: sshd.home}})
    writeFileSync(join(sshd.home, '.bashrc'), `${noisy.join('\n')}\n`)
    server.authorize(client.publicKey)
    client.write('known_hosts', `${ALIAS} ${server.hostKey}\n`)
    client.write('config', aliasAt(server.port))
    try {
      const [{slug, workdir}] = await goRound(lab, ALIAS)
      assert.match(workdir, /^\/\S+$/)
      const {stdout} = await lab.run('run', '--id', slug, '--no-sync', '--', 'pwd')
      assert.equal(stdout, `${workdir}\n`)
      await stopAll(lab)
      assert.deepEqual(hostLeftovers(sshd.home, []), [])
    } finally {
      await server.stop()
      sh('rm -r "$1" "$2"', bin, join(sshd.home, '.bashrc'))
    }
  })

  it('a server that bears one session at a time', async () => {
    const narrow = await startSshd({config: ['MaxSessions 1']})
    narrow.authorize(client.publicKey)
    client.write('known_hosts', `${ALIAS} ${narrow.hostKey}\n`)
    client.write('config', aliasAt(narrow.port))
    try {
      await goRound(lab, ALIAS)
      await stopAll(lab)
      assert.deepEqual(hostLeftovers(narrow.home, []), [])
    } finally {
      await narrow.stop()
    }
  })

  it('what a client ran is gone soon after the client was killed', async () => {
    const lease = await lab.json<Lease>('warmup', '--host', ALIAS)
    // A length that nobody else sleeps.
    const long = `300.${process.pid}`
    const running = (): number[] => processesWith(`sleep ${long}`).filter(pid => pid !== child.pid)
    const child = lab.start('run', '--id', lease.slug, '--no-sync', '--', 'sleep', long)
    const ended = outcomeOf(child)
    for (let tries = 100; tries > 0 && running().length === 0; tries--) await sleep(100)
    assert.equal(running().length, 1)
    // For as long as users wait before they kill something.
    await sleep(500)
    child.kill('SIGKILL')
    await ended
    for (let tries = 100; tries > 0 && running().length > 0; tries--) await sleep(100)
    assert.deepEqual(running(), [])
    await stopAll(lab)
    assert.deepEqual(hostLeftovers(sshd.home, []), [])
  })
})
