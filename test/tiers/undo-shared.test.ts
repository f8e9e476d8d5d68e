import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {appendFile, chmod, link, mkdir, readFile, rm, stat, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
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

  it('puts back a name whose file has its first name outside of what was replaced', async () => {
    const {workdir, write, create, restore, undo} = lab()
    for (const path of ['b/x', 'c/x', 'b/name']) await write(path, 'saved')
    await link(join(workdir, 'b/name'), join(workdir, 'c/name'))
    // The host's order decides which name is the first.
    const seen = execFileSync('find', ['.', '-name', 'name'], {cwd: workdir, encoding: 'utf8'}).trim().split('\n')
    const last = dirname(seen[1] ?? '')
    await link(join(workdir, 'b/name'), join(workdir, last, 'other'))
    const {checkpoint} = await create()
    await write(`${last}/x`, 'mine')
    await write(`${last}/y`, 'mine')
    await sleep(SETTLED)
    await restore(checkpoint)
    await appendFile(join(workdir, last, 'name'), ' and more')
    await undo()
    assert.equal(await readFile(join(workdir, last, 'name'), 'utf8'), 'saved')
    assert.equal(await readFile(join(workdir, last, 'x'), 'utf8'), 'mine')
    const [name, other] = await Promise.all(['name', 'other'].map(path => stat(join(workdir, last, path))))
    assert.equal(name?.ino, other?.ino)
  })

  it('puts back a file in a directory that nobody may write to', async () => {
    const {workdir, write, create, restore, undo} = lab()
    const {checkpoint} = await create()
    await write('a/edited', 'mine')
    await write('src/added', 'mine too')
    await chmod(join(workdir, 'src'), 0o555)
    await sleep(SETTLED)
    const mine = await pictureOf(workdir)
    await restore(checkpoint)
    await appendFile(join(workdir, 'src/file-2'), ' written after the restore')
    await undo()
    assert.deepEqual(await pictureOf(workdir), mine)
    await chmod(join(workdir, 'src'), 0o755)
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
