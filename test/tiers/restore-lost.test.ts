import assert from 'node:assert/strict'
import {appendFile, readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {mock} from 'node:test'
import {setTimeout as sleep} from 'node:timers/promises'

import {CrabboxError} from '../../src/core/errors.js'
import type {Transport} from '../../src/core/transport.js'
import {asStarted} from '../../src/transports/script.js'
import {SWAP} from '../../src/workspace/swap-scripts.js'
import {archiveLab, SETTLED, type Archived} from '../support/archive-lab.js'
import {modulesIn} from '../support/modules.js'
import {pictureOf} from '../support/tree.js'

const lost = (): CrabboxError => new CrabboxError('provider', 'CONNECTION_LOST', 'it is lost')

/** Loses the connection when a swap has happened, for so many of them; counts all. */
function losing(transport: Transport, times: number, swaps: {count: number}): Transport {
  return {
    ...transport,
    spawn: (command, signal) => {
      const running = transport.spawn(command, signal)
      if (command.argv[2] !== asStarted(SWAP) || ++swaps.count > times) return running
      const exit = running.exit.then(() => Promise.reject(lost()))
      exit.catch(() => undefined)
      return {...running, exit}
    },
  }
}

describe('a restore whose connection is lost when the workdir has just been replaced', () => {
  const lab = archiveLab()
  const {install} = modulesIn(lab)
  for (const tree of ['a large tree', 'a small tree']) {
    it(`is not made once more, and can be undone: ${tree}`, async () => {
      const {workdir, write, create, restore, undo} = lab()
      if (tree === 'a large tree') await install()
      await write('a/one', 'one')
      await write('a/two', 'two')
      const {checkpoint} = await create()
      const picture = await pictureOf(workdir)
      await write('a/one', 'mine')
      await write('b', 'mine')
      await sleep(SETTLED)
      const mine = await pictureOf(workdir)
      const swaps = {count: 0}
      lab().wrap = transport => losing(transport, 1, swaps)
      const {sent, removed} = await restore(checkpoint)
      assert.equal(swaps.count, 1)
      assert.deepEqual([sent.filter(path => path.includes('one')), removed], [['a/one'], ['b']])
      assert.deepEqual(await pictureOf(workdir), picture)
      // It is one file in both trees.
      await appendFile(join(workdir, 'a/two'), ' written after the restore')
      await undo()
      assert.deepEqual(await pictureOf(workdir), mine)
    })
  }
})

describe('an undo whose connection is lost when the workdir has just been put back', () => {
  const lab = archiveLab()
  const saved = async (): Promise<Archived> => {
    const {write, create, restore} = lab()
    for (const name of ['f', 'g']) await write(name, 'saved')
    const {checkpoint} = await create()
    await write('f', 'mine')
    await restore(checkpoint)
    return checkpoint
  }
  afterEach(() => mock.restoreAll())
  const read = (): Promise<string> => readFile(join(lab().workdir, 'f'), 'utf8')

  it('is not undone by being tried again', async () => {
    const {undo} = lab()
    const {id} = await saved()
    const swaps = {count: 0}
    lab().wrap = transport => losing(transport, 1, swaps)
    assert.deepEqual(await undo(), {checkpoint: id})
    assert.deepEqual([swaps.count, await read()], [1, 'mine'])
    assert.deepEqual(await undo(), {checkpoint: 'undo'})
    assert.equal(await read(), 'saved')
  })

  it('says that both may be where it cannot be asked any more', async () => {
    await saved()
    let gone = false
    lab().wrap = transport => ({
      ...transport,
      spawn: (command, signal) => {
        if (gone) throw lost()
        gone = command.argv[2] === asStarted(SWAP)
        return losing(transport, 1, {count: 0}).spawn(command, signal)
      },
    })
    const warn = mock.method(lab().context.progress, 'warn')
    await assert.rejects(lab().undo(), {
      code: 'OUTCOME_UNKNOWN',
      message: /it is what it was, or what it was to become$/,
      hint: /^Look at it once the host is up/,
    })
    assert.match(
      String(warn.mock.calls[0]?.arguments[0]),
      /it is lost while \S+ was replaced: it is what it was, or what it was to become; trying/,
    )
  })
})
