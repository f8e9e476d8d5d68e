import assert from 'node:assert/strict'
import {appendFile, mkdir, readFile, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

import {archiveLab, SETTLED} from '../support/archive-lab.js'
import {pictureOf} from '../support/tree.js'

// Unchanged files are one file under two names, in the workdir and in the tree that undo puts back.
describe('undo after a write into a file that both trees share', () => {
  const lab = archiveLab()

  beforeEach(async () => {
    const {write} = lab()
    for (let i = 0; i < 5; i++) await write(`src/file-${i}`, `content ${i}`)
    await write('a/edited', 'saved')
  })

  it('puts back the original content', async () => {
    const {workdir, write, create, restore, undo} = lab()
    const {checkpoint} = await create()
    await write('a/edited', 'mine')
    await write('src/added', 'mine too')
    await sleep(SETTLED)
    const mine = await pictureOf(workdir)
    await restore(checkpoint)
    await appendFile(join(workdir, 'src/file-2'), ' written after the restore')
    const after = await pictureOf(workdir)
    await undo()
    assert.deepEqual(await pictureOf(workdir), mine)
    await undo()
    assert.deepEqual(await pictureOf(workdir), after)
  })

  it('refuses, and changes nothing, when the only copy of that content is gone', async () => {
    const {workdir, write, create, restore, remove, undo} = lab()
    const {checkpoint} = await create()
    await write('a/edited', 'second')
    const second = (await create()).checkpoint
    await write('src/added', 'x')
    await restore(checkpoint)
    await appendFile(join(workdir, 'src/file-2'), ' more')
    const now = await pictureOf(workdir)
    await remove(second)
    await assert.rejects(undo(), {code: 'UNDO_DAMAGED'})
    assert.deepEqual(await pictureOf(workdir), now)
  })

  it('needs no checkpoint when nobody wrote into a shared file', async () => {
    const {workdir, write, create, restore, remove, undo} = lab()
    const {checkpoint} = await create()
    await write('a/edited', 'second')
    const second = (await create()).checkpoint
    await write('src/added', 'x')
    await sleep(SETTLED)
    const mine = await pictureOf(workdir)
    await restore(checkpoint)
    await remove(second)
    await remove(checkpoint)
    await undo()
    assert.deepEqual(await pictureOf(workdir), mine)
  })

  it('refuses before it changes anything when the place of the unit is gone', async () => {
    const {workdir, write, create, restore, undo, recover} = lab()
    const {checkpoint} = await create()
    await write('a/edited', 'mine')
    await restore(checkpoint)
    await rm(join(workdir, 'a'), {recursive: true})
    await writeFile(join(workdir, 'a'), 'a file now')
    const now = await pictureOf(workdir)
    await assert.rejects(undo())
    await recover()
    assert.deepEqual(await pictureOf(workdir), now)
    await rm(join(workdir, 'a'))
    await mkdir(join(workdir, 'a'))
    await undo()
    assert.equal(await readFile(join(workdir, 'a/edited'), 'utf8'), 'mine')
  })
})
