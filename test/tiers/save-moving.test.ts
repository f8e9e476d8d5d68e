import assert from 'node:assert/strict'
import {spawn} from 'node:child_process'
import {appendFile, link, mkdir, readFile, rename, rm, utimes, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import type {Writable} from 'node:stream'
import {setTimeout as sleep} from 'node:timers/promises'

import type {Transport} from '../../src/core/transport.js'
import {archiveLab, SETTLED} from '../support/archive-lab.js'

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

  // A directory that is renamed takes its files along, and nothing of them tells.
  for (const [what, content, hardlink] of [
    ['of the same size and time', 'from elsewhere', false],
    ['of another size', 'short', false],
    ['with two names', 'from elsewhere', true],
  ] as const)
    it(`does not take for the workdir's what it has read of another directory: files ${what}`, async () => {
      const {workdir, write, create, restore} = lab()
      const other = join(dirname(workdir), 'other')
      const aside = join(dirname(workdir), 'aside')
      await write('live/file', 'of the workdir')
      if (hardlink) await link(join(workdir, 'live/file'), join(workdir, 'second'))
      await mkdir(other)
      await sleep(2 * SETTLED)
      await writeFile(join(other, 'file'), content)
      for (const file of [join(workdir, 'live/file'), join(other, 'file')]) {
        await utimes(file, 499_162_500, 499_162_500)
        await sleep(2 * SETTLED)
      }

      lab().wrap = transport =>
        beforeTar(transport, async () => {
          await rename(join(workdir, 'live'), aside)
          await rename(other, join(workdir, 'live'))
        })
      const {checkpoint} = await create()
      await rename(join(workdir, 'live'), other)
      await rename(aside, join(workdir, 'live'))
      lab().wrap = transport => transport
      const next = await create({parent: checkpoint})
      for (const name of hardlink ? ['live/file', 'second'] : ['live/file']) await rm(join(workdir, name))
      await restore(next.checkpoint)
      for (const name of hardlink ? ['live/file', 'second'] : ['live/file'])
        assert.equal(await readFile(join(workdir, name), 'utf8'), 'of the workdir', name)
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
