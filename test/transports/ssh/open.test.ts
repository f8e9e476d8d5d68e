import assert from 'node:assert/strict'
import {once} from 'node:events'
import {readFileSync, rmSync} from 'node:fs'
import {createServer, type AddressInfo} from 'node:net'
import {join} from 'node:path'

import type {Ask} from '../../../src/core/ask.js'
import {parseHostAddress} from '../../../src/transports/ssh/address.js'
import {openSsh, type OpenOptions, type Opened} from '../../../src/transports/ssh/open.js'
import {sshHome} from '../../support/ssh-home.js'
import {newKey, startServer, type TestServer} from '../../support/ssh-server.js'

describe('connecting over SSH', () => {
  const lab = sshHome()
  const knownHostsFile = join(lab.home, 'state', 'known_hosts', 'hosts')
  const asked: string[] = []
  const answering = (answer: {yes?: boolean; secret?: string}): Ask => ({
    confirm: async question => (asked.push(question), answer.yes ?? false),
    secret: async question => (asked.push(question), answer.secret ?? ''),
  })
  const open = async (options: Partial<OpenOptions> = {}, host = lab.host): Promise<Opened> => {
    const {signal} = new AbortController()
    const opened = await openSsh(parseHostAddress(host), {
      pinned: null,
      acceptNew: false,
      knownHostsFile,
      ask: null,
      signal,
      ...options,
    })
    opened.connection.close()
    return opened
  }

  beforeEach(() => {
    asked.length = 0
    lab.write('known_hosts', lab.knownHost())
    lab.write('id_ed25519', lab.key.private)
    lab.write('config', '')
    rmSync(knownHostsFile, {force: true})
  })

  it('answers with the key that the host has shown', async () => {
    assert.equal((await open()).hostKey, lab.server.hostKey.public)
  })

  it('offers nothing to a host that it does not believe', async () => {
    const [mine, other] = [lab.server.hostKey, newKey()]
    const refusals = [
      ['', 'HOST_KEY_UNKNOWN', /SHA256:/],
      [`# a comment\n${lab.knownHost(other)}`, 'HOST_KEY_CHANGED', /known_hosts, line 2/],
      [`${lab.knownHost()}@revoked * ${mine.public}\n`, 'HOST_KEY_REVOKED', /known_hosts, line 2/],
    ] as const
    for (const [known, code, message] of refusals) {
      lab.write('known_hosts', known)
      const before = lab.server.offers()
      await assert.rejects(open({ask: answering({yes: false})}), {code, kind: 'config', message})
      assert.equal(lab.server.offers(), before, `${code}: a credential was offered`)
    }
  })

  it('lets nothing overrule a key that has changed or is revoked', async () => {
    const yes = answering({yes: true})
    for (const known of [lab.knownHost(newKey()), `@revoked * ${lab.server.hostKey.public}\n`]) {
      lab.write('known_hosts', known)
      await assert.rejects(open({acceptNew: true, ask: yes}), {code: /HOST_KEY_(CHANGED|REVOKED)/})
    }

    assert.deepEqual(asked, [])
    lab.write('known_hosts', lab.knownHost())
    await assert.rejects(open({pinned: newKey().public, acceptNew: true, ask: yes}), {code: 'HOST_KEY_CHANGED'})
  })

  it('asks about a key that nobody knows, and remembers it in a file of its own', async () => {
    lab.write('known_hosts', '')
    await open({ask: answering({yes: true})})
    assert.match(asked[0] ?? '', /SHA256:/)
    assert.equal(readFileSync(knownHostsFile, 'utf8'), lab.knownHost())
    assert.equal(readFileSync(join(lab.home, '.ssh', 'known_hosts'), 'utf8'), '')
    await open()
    assert.equal(asked.length, 1)
  })

  it('believes a new key when it is told to', async () => {
    lab.write('known_hosts', '')
    await open({acceptNew: true})
    await open()
  })

  it('asks for a passphrase, once, and only where somebody can answer', async () => {
    const locked = newKey('open sesame')
    const server = await startServer({users: [locked.public]})
    try {
      lab.write('id_ed25519', locked.private)
      const attempt = (ask: Ask | null): Promise<Opened> => open({acceptNew: true, ask}, `me@127.0.0.1:${server.port}`)
      await attempt(answering({secret: 'open sesame'}))
      assert.deepEqual(asked, [`Passphrase of ${join(lab.home, '.ssh', 'id_ed25519')}:`])
      await assert.rejects(attempt(answering({secret: 'wrong'})), {
        code: 'SSH_AUTH_FAILED',
        message: /the passphrase of \S+id_ed25519 is not the one that was typed/,
      })
      await assert.rejects(attempt(null), {code: 'SSH_AUTH_FAILED', kind: 'config', hint: /ssh-add/})
    } finally {
      await server.close()
    }
  })

  it('says which keys were not good enough', async () => {
    lab.write('id_ed25519', newKey().private)
    await assert.rejects(open(), {code: 'SSH_AUTH_FAILED', message: /id_ed25519/})
    lab.write('id_ed25519', 'no key')
    await assert.rejects(open(), {code: 'SSH_AUTH_FAILED', message: /no private key can be read from \S+id_ed25519/})
    rmSync(join(lab.home, '.ssh', 'id_ed25519'))
    await assert.rejects(open(), {code: 'SSH_AUTH_FAILED', message: /no key/})
  })

  it('says that nobody is there', async () => {
    const hint = /Check the name and the port/
    await assert.rejects(open({}, 'me@127.0.0.1:1'), {code: 'HOST_UNREACHABLE', kind: 'provider', hint})
    await assert.rejects(open({}, 'me@no-such-host.invalid'), {code: 'HOST_UNREACHABLE', hint})
  })

  it('says that somebody is there who does not want it', async () => {
    const hint = /Something answers there, and ends it/
    const greetings = ['', `SSH-2.0-odd\r\n${'\0'.repeat(64)}`]
    for (const greeting of greetings) {
      const server = createServer(socket => socket.on('error', () => undefined).end(greeting)).listen(0, '127.0.0.1')
      await once(server, 'listening')
      try {
        const {port} = server.address() as AddressInfo
        await assert.rejects(open({}, `me@127.0.0.1:${port}`), {code: 'HOST_UNREACHABLE', hint})
      } finally {
        server.close()
      }
    }
  })

  it('stops when it is told to', async () => {
    await assert.rejects(open({signal: AbortSignal.abort()}), {code: 'INTERRUPTED'})
  })

  describe('through another host', () => {
    let gate: TestServer
    before(async () => (gate = await startServer({users: [lab.key.public]})))
    after(() => gate.close())

    it('checks the keys of both', async () => {
      const inner = `Host inner\n HostName 127.0.0.1\n Port ${lab.server.port}\n`
      lab.write('config', `${inner} ProxyJump me@127.0.0.1:${gate.port}\n`)
      await assert.rejects(open({}, 'me@inner'), {code: 'HOST_KEY_UNKNOWN', message: new RegExp(`:${gate.port}`)})
      lab.write('known_hosts', `${lab.knownHost()}[127.0.0.1]:${gate.port} ${gate.hostKey.public}\n`)
      assert.equal((await open({}, 'me@inner')).hostKey, lab.server.hostKey.public)
      assert.ok(gate.forwards() > 0)
    })

    for (const [what, config] of Object.entries({
      'to itself': 'Host *\n ProxyJump gate\n',
      'through another to itself': 'Host inner\n ProxyJump gate\nHost gate\n ProxyJump inner\n',
    }))
      it(`is refused where it leads ${what}`, async () => {
        lab.write('config', config)
        await assert.rejects(open({}, 'inner'), {code: 'SSH_CONFIG_INVALID', kind: 'config', message: /leads through/})
      })

    it('says that nobody is there, and does not stay connected to the host on the way', async () => {
      lab.write('known_hosts', `[127.0.0.1]:${gate.port} ${gate.hostKey.public}\n`)
      lab.write('config', `Host inner\n HostName 127.0.0.1\n Port 1\n ProxyJump me@127.0.0.1:${gate.port}\n`)
      await assert.rejects(open({}, 'me@inner'), {code: 'HOST_UNREACHABLE', kind: 'provider'})
      assert.equal(await gate.quiet(), true)
    })
  })
})
