import assert from 'node:assert/strict'
import {createHash} from 'node:crypto'
import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import type {Transport} from '../../src/core/transport.js'
import {localTransport} from '../../src/transports/local.js'
import type {Entry} from '../../src/workspace/entry.js'
import {hashBehind} from '../../src/workspace/hash-behind.js'
import {entryOf} from '../support/entries.js'
import {temporaryDirectory} from '../support/temporary.js'

const MB = 1 << 20
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

describe('what is hashed on a host while more is sent', () => {
  const dir = temporaryDirectory()
  const {signal} = new AbortController()
  let started = 0
  const transport: Transport = {
    ...localTransport(),
    spawn: (command, stop) => {
      started += 1
      return localTransport().spawn(command, stop)
    },
  }
  const names = Array.from({length: 10}, (_, i) => `file ${i}`)
  const entries: readonly Entry[] = names.map((path, i) => entryOf(path, {at: i * 10 * MB, length: 10 * MB}))
  beforeEach(() => {
    started = 0
    for (const name of names) writeFileSync(join(dir(), name), name)
  })

  it('are the files that must have arrived, and not those that may be on their way', async () => {
    const hashing = hashBehind(transport, dir(), entries, signal)
    for (let sent = 0; sent < 100; sent += 5) hashing.sent(5 * MB)
    const hashes = await hashing.end()
    assert.deepEqual(
      [...hashes],
      names.slice(0, 5).map(name => [name, sha256(name)]),
    )
    assert.equal(started, 1)
  })

  it('is nothing where little is sent: no program is started for that', async () => {
    const hashing = hashBehind(transport, dir(), entries, signal)
    hashing.sent(40 * MB)
    assert.equal((await hashing.end()).size, 0)
    assert.equal(started, 0)
  })

  it('leaves out what is not there yet, and what is only another name', async () => {
    const some = entries.map((entry, i) =>
      i === 1 ? {...entry, hardlink: 'file 0'} : i === 2 ? {...entry, path: 'late'} : entry,
    )
    mkdirSync(join(dir(), 'sub'))
    const hashing = hashBehind(transport, dir(), some, signal)
    hashing.sent(100 * MB)
    assert.deepEqual([...(await hashing.end()).keys()], ['file 0', 'file 3', 'file 4'])
  })

  it('ends when the host is lost, and knows nothing then', async () => {
    const lost: Transport = {
      ...transport,
      spawn: (command, stop) => localTransport().spawn({...command, argv: ['sh', '-c', 'kill -9 $$']}, stop),
    }
    const hashing = hashBehind(lost, dir(), entries, signal)
    hashing.sent(100 * MB)
    assert.equal((await hashing.end()).size, 0)
  })
})
