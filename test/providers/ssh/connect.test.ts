import assert from 'node:assert/strict'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

import {silentProgress} from '../../../src/core/progress.js'
import {connectTo, type Connected} from '../../../src/providers/ssh/connect.js'
import {sshHome} from '../../support/ssh-home.js'
import {newKey} from '../../support/ssh-server.js'

describe('connections to one host', () => {
  const lab = sshHome()
  const context = {
    stateDir: join(lab.home, 'state'),
    progress: silentProgress,
    signal: new AbortController().signal,
  }
  const connect = (hostKey: string | null): Promise<Connected> => connectTo({host: lab.host, hostKey}, context)
  const opened = async (...keys: (string | null)[]): Promise<number> => {
    await lab.server.quiet()
    const before = lab.server.connections()
    const all: Connected[] = []
    for (const key of keys) all.push(await connect(key))
    for (const {transport} of all) await transport.close()
    return lab.server.connections() - before
  }

  it('are shared by those who ask for the same', async () => {
    assert.equal(await opened(null, null), 1)
    const {public: key} = lab.server.hostKey
    assert.equal(await opened(key, key), 1)
  })

  it('are shared with whoever wants the key alone that the host has shown', async () => {
    assert.equal(await opened(null, lab.server.hostKey.public), 1)
  })

  it('are not shared with whoever has still to be told that the key is known', async () => {
    assert.equal(await opened(lab.server.hostKey.public, null), 2)
  })

  it('are kept for the next piece of work, where somebody says when all is done, and closed then', async () => {
    await lab.server.quiet()
    const before = lab.server.connections()
    const done = new AbortController()
    for (let piece = 0; piece < 3; piece++) {
      const {transport} = await connectTo({host: lab.host, hostKey: null}, {...context, done: done.signal})
      await transport.close()
      await sleep(60)
    }

    assert.equal(lab.server.connections() - before, 1)
    const told = performance.now()
    done.abort()
    await lab.server.quiet()
    assert.ok(performance.now() - told < 800, 'it was not closed at once')
  })

  it('are not kept for long where nobody does', async () => {
    await lab.server.quiet()
    const before = lab.server.connections()
    for (let piece = 0; piece < 2; piece++) {
      const {transport} = await connect(null)
      await transport.close()
      await lab.server.quiet()
    }

    assert.equal(lab.server.connections() - before, 2)
  })

  it('are not shared with whoever wants another key', async () => {
    const {transport} = await connect(null)
    await assert.rejects(connect(newKey().public), {code: 'HOST_KEY_CHANGED'})
    await transport.close()
  })
})
