import assert from 'node:assert/strict'
import {createHash} from 'node:crypto'
import {once} from 'node:events'
import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import type {Transport} from '../../src/core/transport.js'
import {localTransport} from '../../src/transports/local.js'
import type {Entry} from '../../src/workspace/entry.js'
import {hashBehind} from '../../src/workspace/hash-behind.js'
import {entryOf} from '../support/entries.js'
import {temporaryDirectory} from '../support/temporary.js'

const MB = 1 << 20
const LENGTH = MB / 16
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

describe('what is hashed on a host while more is sent', () => {
  const dir = temporaryDirectory()
  const {signal} = new AbortController()
  let started = 0
  let answered: Promise<unknown> = Promise.resolve()
  const transport: Transport = {
    ...localTransport(),
    spawn: (command, stop) => {
      started += 1
      const running = localTransport().spawn(command, stop)
      answered = once(running.stdout, 'readable')
      return running
    },
  }
  const names = Array.from({length: 1200}, (_, i) => `file ${i}`)
  const entries: readonly Entry[] = names.map((path, i) => entryOf(path, {at: i * LENGTH, length: LENGTH}))
  beforeEach(() => {
    started = 0
    for (const name of names) writeFileSync(join(dir(), name), name)
  })

  it('are the files that must have arrived, and the others once all of them have', async () => {
    const hashing = hashBehind(transport, dir(), entries, signal)
    for (let sent = 0; sent < 70; sent += 5) hashing.sent(5 * MB)
    // Enough for a program, which hashes them as they are now.
    await answered
    for (const name of names) writeFileSync(join(dir(), name), 'more')
    const hashes = await hashing.finish()
    assert.deepEqual([...hashes.keys()], names)
    // The first program prints what it has when it is somewhere among those it was started for.
    for (const name of names.slice(0, 10)) assert.equal(hashes.get(name), sha256(name))
    for (const name of names.slice(736)) assert.equal(hashes.get(name), sha256('more'))
    assert.equal(started, 1)
  })

  it('is given up where nothing more is going to come', async () => {
    const hashing = hashBehind(transport, dir(), entries, signal)
    hashing.sent(75 * MB)
    await hashing.giveUp()
  })

  it('is nothing where little is sent: no program is started for that', async () => {
    const hashing = hashBehind(transport, dir(), entries, signal)
    hashing.sent(20 * MB)
    assert.equal((await hashing.finish()).size, 0)
    assert.equal(started, 0)
  })

  it('leaves out what is not there yet, and what is only another name', async () => {
    const some = entries.map((entry, i) =>
      i === 1 ? {...entry, hardlink: 'file 0'} : i === 2 ? {...entry, path: 'late'} : entry,
    )
    mkdirSync(join(dir(), 'sub'))
    const hashing = hashBehind(transport, dir(), some, signal)
    hashing.sent(75 * MB)
    assert.deepEqual([...(await hashing.finish()).keys()], ['file 0', ...names.slice(3)])
  })

  it('ends when the host is lost, and knows nothing then', async () => {
    const lost: Transport = {
      ...transport,
      spawn: (command, stop) => localTransport().spawn({...command, argv: ['sh', '-c', 'kill -9 $$']}, stop),
    }
    const hashing = hashBehind(lost, dir(), entries, signal)
    hashing.sent(75 * MB)
    assert.equal((await hashing.finish()).size, 0)
  })
})
