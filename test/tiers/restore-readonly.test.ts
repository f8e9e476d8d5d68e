import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {rm} from 'node:fs/promises'
import {join} from 'node:path'

import {archiveLab} from '../support/archive-lab.js'
import {pictureOf} from '../support/tree.js'

// Module caches of Go and stores of Nix and Bazel are read-only, directories included.
describe('a restore with directories that nobody may write to', () => {
  const lab = archiveLab()
  const lock = (...paths: readonly string[]): void => {
    execFileSync('chmod', ['-R', 'a-w', ...paths.map(path => join(lab().workdir, path))])
  }
  const unlock = (path: string): void => {
    execFileSync('chmod', ['-R', 'u+w', join(lab().workdir, path)])
  }

  it('takes them over unchanged, again and again', async () => {
    const {workdir, write, create, restore, undo} = lab()
    await write('mod/a/one', '1')
    await write('src/x', 'saved')
    await write('top', 'saved')
    lock('mod')
    const saved = await pictureOf(workdir)
    const {checkpoint} = await create()
    for (let round = 0; round < 2; round++) {
      await write('src/x', `mine ${round}`)
      await write('top', `mine ${round}`)
      await restore(checkpoint)
      assert.deepEqual(await pictureOf(workdir), saved)
    }

    await undo()
    await undo()
    assert.deepEqual(await pictureOf(workdir), saved)
  })

  it('removes one that is new, and puts it back', async () => {
    const {workdir, write, create, restore, undo} = lab()
    await write('mod/a/one', '1')
    const saved = await pictureOf(workdir)
    const {checkpoint} = await create()
    await write('mod/b/two', '2')
    lock('mod/b')
    const mine = await pictureOf(workdir)
    await restore(checkpoint)
    assert.deepEqual(await pictureOf(workdir), saved)
    await undo()
    assert.deepEqual(await pictureOf(workdir), mine)
    await restore(checkpoint)
    assert.deepEqual(await pictureOf(workdir), saved)
  })

  it('brings one back that is gone', async () => {
    const {workdir, write, create, restore} = lab()
    await write('mod/a/one', '1')
    await write('mod/b/two', '2')
    lock('mod')
    const saved = await pictureOf(workdir)
    const {checkpoint} = await create()
    unlock('mod')
    await rm(join(workdir, 'mod/b'), {recursive: true})
    lock('mod')
    await restore(checkpoint)
    assert.deepEqual(await pictureOf(workdir), saved)
  })

  it('changes a file in one', async () => {
    const {workdir, write, create, restore, undo} = lab()
    await write('mod/a/one', '1')
    await write('mod/a/two', '2')
    lock('mod')
    const saved = await pictureOf(workdir)
    const {checkpoint} = await create()
    unlock('mod')
    await write('mod/a/one', 'mine')
    await write('mod/a/three', 'mine')
    lock('mod')
    const mine = await pictureOf(workdir)
    await restore(checkpoint)
    assert.deepEqual(await pictureOf(workdir), saved)
    await undo()
    assert.deepEqual(await pictureOf(workdir), mine)
  })

  it('works in a workdir that is one', async () => {
    const {workdir, write, create, restore} = lab()
    await write('one', '1')
    await write('two', '2')
    lock('.')
    const saved = await pictureOf(workdir)
    const {checkpoint} = await create()
    unlock('.')
    await write('one', 'mine')
    await write('two', 'mine')
    lock('.')
    await restore(checkpoint)
    assert.deepEqual(await pictureOf(workdir), saved)
  })
})
