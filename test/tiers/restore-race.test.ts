import assert from 'node:assert/strict'
import {appendFile, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

import {SWAP} from '../../src/workspace/swap-scripts.js'
import {archiveLab, SETTLED} from '../support/archive-lab.js'
import {meddleAfter} from '../support/meddle.js'

// A dev server does not know that its workdir is being replaced.
describe('a program that writes while a restore is going on', () => {
  const lab = archiveLab()
  const append = async (): Promise<void> => {
    await appendFile(join(lab().workdir, 'a/log'), ' and more')
    // Its change time alone must not give it away.
    await sleep(2 * SETTLED)
  }

  it('loses nothing that it wrote after the swap: the next checkpoint has it', async () => {
    const {workdir, write, create, restore} = lab()
    await write('a/log', 'saved')
    await write('b/edited', 'saved')
    const {checkpoint} = await create()
    await write('b/edited', 'mine')
    lab().wrap = transport => meddleAfter(transport, SWAP, append)
    await restore(checkpoint)
    lab().wrap = transport => transport
    const next = (await create({parent: checkpoint})).checkpoint
    await writeFile(join(workdir, 'a/log'), 'lost')
    await restore(next)
    assert.equal(await readFile(join(workdir, 'a/log'), 'utf8'), 'saved and more')
  })

  it('does not change what undo puts back', async () => {
    const {workdir, write, create, restore, undo} = lab()
    await write('a/log', 'saved')
    await write('b/edited', 'saved')
    const {checkpoint} = await create()
    await write('b/edited', 'mine')
    await write('a/new', 'mine')
    lab().wrap = transport => meddleAfter(transport, SWAP, append)
    await restore(checkpoint)
    lab().wrap = transport => transport
    await undo()
    assert.equal(await readFile(join(workdir, 'a/log'), 'utf8'), 'saved')
  })
})
