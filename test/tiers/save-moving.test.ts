import assert from 'node:assert/strict'
import {spawn} from 'node:child_process'
import {appendFile, readFile, rm} from 'node:fs/promises'
import {join} from 'node:path'
import type {Writable} from 'node:stream'

import type {Transport} from '../../src/core/transport.js'
import {archiveLab} from '../support/archive-lab.js'

/** Lets something happen between the listing and the moment in which tar gets its names. */
const beforeTar = (transport: Transport, happen: () => Promise<void>): Transport => ({
  ...transport,
  spawn: (command, signal) => {
    const running = transport.spawn(command, signal)
    if (command.argv[2]?.includes('tar --create') !== true) return running
    const end = running.stdin.end.bind(running.stdin)
    const later = (bytes: Buffer): Writable => {
      void happen().then(() => end(bytes))
      return running.stdin
    }
    return {...running, stdin: Object.assign(running.stdin, {end: later})}
  },
})

describe('saving a workdir that does not hold still', () => {
  const lab = archiveLab()

  it('warns of a file that changes while it is read', async () => {
    const {workdir, write, create, restore, verify} = lab()
    await write('log', Buffer.alloc(60_000_000, 'x'))
    const child = spawn('sh', ['-c', 'while :; do echo more >> "$1"; done', 'sh', join(workdir, 'log')], {
      stdio: 'ignore',
    })
    try {
      const {warnings, checkpoint} = await create()
      assert.deepEqual(warnings, ['log changed while it was read'])
      assert.deepEqual(await verify(checkpoint), [])
      child.kill('SIGKILL')
      await restore(checkpoint)
      assert.ok((await readFile(join(workdir, 'log'))).length >= 60_000_000)
    } finally {
      child.kill('SIGKILL')
    }
  })

  it('warns of a file that vanishes before it is read, and saves the rest', async () => {
    const {workdir, write, create, verify} = lab()
    await write('a/kept', '1')
    await write('a/vanishing', '2')
    lab().wrap = transport => beforeTar(transport, () => rm(join(workdir, 'a/vanishing')))
    const {warnings, checkpoint, sizes} = await create()
    assert.deepEqual(warnings, ['a/vanishing vanished before it was read'])
    assert.equal(sizes.entries, 3)
    assert.deepEqual(await verify(checkpoint), [])
  })

  it('warns of a directory that vanishes with all that it held', async () => {
    const {workdir, write, create, restore} = lab()
    await write('a/kept', '1')
    for (let i = 0; i < 8; i++) await write(`gone/${i}`, '2')
    lab().wrap = transport => beforeTar(transport, () => rm(join(workdir, 'gone'), {recursive: true}))
    const {warnings, checkpoint} = await create()
    assert.deepEqual(warnings.at(-1), '5 more files: vanished before it was read')
    lab().wrap = transport => transport
    await restore(checkpoint)
    assert.equal(await readFile(join(workdir, 'a/kept'), 'utf8'), '1')
  })

  it('saves again what changed between the listing and the reading', async () => {
    const {workdir, write, create, restore} = lab()
    await write('a', 'one')
    lab().wrap = transport => beforeTar(transport, () => appendFile(join(workdir, 'a'), ' two'))
    await create()
    lab().wrap = transport => transport
    await appendFile(join(workdir, 'a'), ' three')
    const {checkpoint} = await create()
    await rm(join(workdir, 'a'))
    await restore(checkpoint)
    assert.equal(await readFile(join(workdir, 'a'), 'utf8'), 'one two three')
  })
})
