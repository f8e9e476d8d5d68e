import assert from 'node:assert/strict'
import {appendFile} from 'node:fs/promises'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

import {CrabboxError} from '../../src/core/errors.js'
import {asStarted} from '../../src/transports/script.js'
import {SWAP} from '../../src/workspace/swap-scripts.js'
import {archiveLab, SETTLED} from '../support/archive-lab.js'
import {modulesIn} from '../support/modules.js'
import {pictureOf} from '../support/tree.js'

const lost = (): CrabboxError => new CrabboxError('provider', 'CONNECTION_LOST', 'it is lost')

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
      let swaps = 0
      lab().wrap = transport => ({
        ...transport,
        spawn: (command, signal) => {
          const running = transport.spawn(command, signal)
          if (command.argv[2] !== asStarted(SWAP) || ++swaps > 1) return running
          const exit = running.exit.then(() => Promise.reject(lost()))
          exit.catch(() => undefined)
          return {...running, exit}
        },
      })
      const {sent, removed} = await restore(checkpoint)
      assert.equal(swaps, 1)
      assert.deepEqual([sent.filter(path => path.includes('one')), removed], [['a/one'], ['b']])
      assert.deepEqual(await pictureOf(workdir), picture)
      // It is one file in both trees.
      await appendFile(join(workdir, 'a/two'), ' written after the restore')
      await undo()
      assert.deepEqual(await pictureOf(workdir), mine)
    })
  }
})
