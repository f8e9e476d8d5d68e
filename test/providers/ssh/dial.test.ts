import assert from 'node:assert/strict'
import {once} from 'node:events'
import {createServer, type AddressInfo, type Socket} from 'node:net'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

import type {Context} from '../../../src/core/context.js'
import {silentProgress} from '../../../src/core/progress.js'
import {connectTo} from '../../../src/providers/ssh/connect.js'
import {sshLeases} from '../../../src/providers/ssh/leases.js'
import {sshHome} from '../../support/ssh-home.js'
import {startServer} from '../../support/ssh-server.js'

/** Milliseconds in which the server has shown its key, and would have been logged in to. */
const MOMENT = 300

describe('a connection that is begun ahead', () => {
  const lab = sshHome()
  let done: AbortController
  const context = (more: Partial<Context> = {}): Context => ({
    stateDir: join(lab.home, 'state'),
    progress: silentProgress,
    signal: new AbortController().signal,
    done: done.signal,
    ...more,
  })
  const dial = (host: string, with_: Context): void => sshLeases.dial?.({details: {host}}, with_)
  beforeEach(async () => {
    await lab.server.quiet()
    done = new AbortController()
  })
  afterEach(() => done.abort())

  it('is the one that is then lent', async () => {
    const before = lab.server.connections()
    dial(lab.host, context())
    const {transport} = await connectTo({host: lab.host, hostKey: null}, context())
    assert.equal(lab.server.connections() - before, 1)
    await transport.close()
    const told = performance.now()
    done.abort()
    await lab.server.quiet()
    assert.ok(performance.now() - told < 800, 'it was not closed at once')
  })

  it('is the one for a lease that is made on the host', async () => {
    const before = lab.server.connections()
    sshLeases.dial?.({host: {name: lab.host, acceptNewKey: false}}, context())
    const {transport} = await connectTo({host: lab.host, hostKey: null}, context())
    assert.equal(lab.server.connections() - before, 1)
    await transport.close()
  })

  it('is closed when all is done, where nobody needed it', async () => {
    const before = lab.server.connections()
    dial(lab.host, context())
    await sleep(MOMENT)
    done.abort()
    await lab.server.quiet()
    assert.equal(lab.server.connections() - before, 1)
  })

  it('is not begun where nobody says when all is done, or all is done already', async () => {
    const before = lab.server.connections()
    const {stateDir, progress, signal} = context()
    dial(lab.host, {stateDir, progress, signal})
    done.abort()
    dial(lab.host, context())
    await sleep(MOMENT)
    assert.equal(lab.server.connections(), before)
  })

  it('asks nothing before somebody needs it, and then what it has to', async () => {
    lab.write('known_hosts', '')
    const asked: string[] = []
    const ask = {
      confirm: async (question: string) => asked.push(question) > 0,
      secret: () => Promise.reject(new Error('there is no secret')),
    }
    try {
      dial(lab.host, context({ask}))
      await sleep(MOMENT)
      assert.deepEqual(asked, [])
      const {transport} = await connectTo({host: lab.host, hostKey: null}, context({ask}))
      await transport.close()
      assert.equal(asked.length, 1)
    } finally {
      lab.write('known_hosts', lab.knownHost())
    }
  })

  it('says nothing of what fails before somebody needs it', async () => {
    const refused = `me@127.0.0.1:${await freePort()}`
    dial(refused, context())
    dial('me@[nonsense', context())
    sshLeases.dial?.({details: {}}, context())
    await sleep(MOMENT)
    await assert.rejects(connectTo({host: refused, hostKey: null}, context()), {code: 'HOST_UNREACHABLE'})
  })

  it('is begun anew by whoever needs it after it has failed', async () => {
    const port = await freePort()
    dial(`me@127.0.0.1:${port}`, context())
    await sleep(MOMENT)
    const later = await startServer({users: [lab.key.public], hostKey: lab.server.hostKey, port})
    try {
      lab.write('known_hosts', `[127.0.0.1]:${port} ${lab.server.hostKey.public}\n`)
      const {transport} = await connectTo({host: `me@127.0.0.1:${port}`, hostKey: null}, context())
      await transport.close()
      assert.equal(later.connections(), 1)
    } finally {
      lab.write('known_hosts', lab.knownHost())
      await later.close()
    }
  })

  it('is begun anew by whoever goes on when it was interrupted', async () => {
    const interrupted = new AbortController()
    dial(lab.host, context({signal: interrupted.signal}))
    interrupted.abort()
    const {transport} = await connectTo({host: lab.host, hostKey: null}, context())
    await transport.close()
  })

  it('is not taken from whoever has borrowed it by the end of who has begun it', async () => {
    dial(lab.host, context())
    const first = done
    done = new AbortController()
    const connecting = connectTo({host: lab.host, hostKey: null}, context())
    first.abort()
    const {transport} = await connecting
    await transport.close()
  })

  /** Does work while there is an agent that says nothing. */
  const withAgent = async (work: (asked: readonly Socket[]) => Promise<void>): Promise<void> => {
    const asked: Socket[] = []
    const socket = join(lab.home, 'agent')
    const agent = createServer(one => void asked.push(one.on('data', () => undefined)))
    await new Promise<void>(resolve => agent.listen(socket, resolve))
    process.env['SSH_AUTH_SOCK'] = socket
    try {
      await work(asked)
    } finally {
      delete process.env['SSH_AUTH_SOCK']
      agent.close()
    }
  }

  it('waits for no agent when it is interrupted', () =>
    withAgent(async asked => {
      const interrupted = new AbortController()
      const connecting = connectTo({host: lab.host, hostKey: null}, context({signal: interrupted.signal}))
      while (asked.length === 0) await sleep(10)
      const ended = once(asked[0] as Socket, 'close')
      interrupted.abort()
      await assert.rejects(connecting)
      await inTime(ended)
    }))

  it('waits for no host on the way when it is interrupted', async () => {
    const jump = await startServer({users: [lab.key.public], ignoreForwards: true})
    lab.write('known_hosts', `${lab.knownHost()}[127.0.0.1]:${jump.port} ${jump.hostKey.public}\n`)
    lab.write('config', `Host inner\n  HostName 127.0.0.1\n  ProxyJump me@127.0.0.1:${jump.port}\n`)
    try {
      dial('me@inner', context())
      while (jump.forwards() === 0) await sleep(10)
      done.abort()
      assert.ok(await jump.quiet())
    } finally {
      lab.write('config', '')
      lab.write('known_hosts', lab.knownHost())
      await jump.close()
    }
  })

  it('asks no agent before somebody needs it', () =>
    withAgent(async asked => {
      dial(lab.host, context())
      await sleep(MOMENT)
      assert.equal(asked.length, 0)
      const connecting = connectTo({host: lab.host, hostKey: null}, context())
      while (asked.length === 0) await sleep(10)
      done.abort()
      await sleep(50)
      assert.equal(asked[0]?.destroyed, false, 'whoever needs it was not waited for')
      asked[0]?.destroy()
      await (await connecting).transport.close()
    }))

  it('is not waited for when all is done', async () => {
    const held: Socket[] = []
    const silent = createServer(socket => held.push(socket))
    await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve))
    dial(`me@127.0.0.1:${(silent.address() as AddressInfo).port}`, context())
    while (held.length === 0) await sleep(10)
    const ended = new Promise(resolve => held[0]?.resume().once('close', resolve))
    done.abort()
    await inTime(ended)
    silent.close()
  })
})

const inTime = (ended: Promise<unknown>): Promise<unknown> =>
  Promise.race([ended, sleep(2000).then(() => assert.fail('it is still open'))])

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const {port} = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}
