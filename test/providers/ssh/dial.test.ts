import assert from 'node:assert/strict'
import {createServer, type AddressInfo, type Socket} from 'node:net'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

import type {Context} from '../../../src/core/context.js'
import {silentProgress} from '../../../src/core/progress.js'
import {connectTo} from '../../../src/providers/ssh/connect.js'
import {sshLeases} from '../../../src/providers/ssh/leases.js'
import {sshHome} from '../../support/ssh-home.js'

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

  it('is not waited for when all is done', async () => {
    const held: Socket[] = []
    const silent = createServer(socket => held.push(socket))
    await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve))
    dial(`me@127.0.0.1:${(silent.address() as AddressInfo).port}`, context())
    while (held.length === 0) await sleep(10)
    const ended = new Promise(resolve => held[0]?.resume().once('close', resolve))
    done.abort()
    await Promise.race([ended, sleep(2000).then(() => assert.fail('it is still open'))])
    silent.close()
  })
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const {port} = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}
