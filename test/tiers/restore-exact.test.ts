import assert from 'node:assert/strict'
import {chmod, rm, utimes} from 'node:fs/promises'
import {join} from 'node:path'

import {archiveLab} from '../support/archive-lab.js'
import {makeHardTree} from '../support/hard-tree.js'
import {pictureOf} from '../support/tree.js'

describe('restoring a workspace archive', () => {
  const lab = archiveLab()

  it('brings everything back exactly, into an empty workdir', async () => {
    const {workdir, create, restore} = lab()
    await makeHardTree(workdir)
    const before = await pictureOf(workdir)
    const {checkpoint} = await create()
    await rm(workdir, {recursive: true})
    await restore(checkpoint)
    assert.deepEqual(await pictureOf(workdir), before)
  })

  it('brings everything back exactly over a changed tree, and a second time', async () => {
    const {workdir, write, create, restore} = lab()
    await makeHardTree(workdir)
    const before = await pictureOf(workdir)
    const {checkpoint} = await create()
    for (let round = 0; round < 2; round++) {
      await write('plain.txt', `round ${round}`)
      await write('new/file', 'x')
      await rm(join(workdir, 'holder'), {recursive: true})
      await restore(checkpoint)
      assert.deepEqual(await pictureOf(workdir), before)
    }
  })

  it('touches nothing but the metadata when only a directory differs', async () => {
    const {workdir, write, create, restore} = lab()
    await write('a/one', '1')
    await write('b/two', '2')
    const before = await pictureOf(workdir)
    const {checkpoint} = await create()
    await chmod(join(workdir, 'a'), 0o700)
    await utimes(join(workdir, 'b'), 1, 1)
    await restore(checkpoint)
    assert.deepEqual(await pictureOf(workdir), before)
  })

  it('keeps the times and modes of directories that it takes over', async () => {
    const {workdir, write, create, restore} = lab()
    for (const path of ['a/one', 'b/two', 'c/d/three']) await write(path, path)
    await chmod(join(workdir, 'c'), 0o2750)
    for (const path of ['c/d', 'c', 'b']) await utimes(join(workdir, path), 1, 1)
    const before = await pictureOf(workdir)
    const {checkpoint} = await create()
    await write('a/one', 'mine')
    await write('new', 'mine')
    assert.deepEqual((await restore(checkpoint)).sent, ['.', 'a/one'])
    assert.deepEqual(await pictureOf(workdir), before)
  })

  it('changes nothing when nothing differs', async () => {
    const {workdir, write, create, restore} = lab()
    await write('a/one', '1')
    const {checkpoint} = await create()
    const before = await pictureOf(workdir)
    const result = await restore(checkpoint)
    assert.deepEqual(result, {sent: [], removed: [], sentBytes: 0, unchanged: 3})
    assert.deepEqual(await pictureOf(workdir), before)
  })

  it('moves a tree between leases: the second one gets the same', async () => {
    const {workdir, create, restore} = lab()
    await makeHardTree(workdir)
    const {checkpoint} = await create()
    const elsewhere = join(workdir, '..', 'another place')
    await restore(checkpoint, elsewhere)
    assert.deepEqual(await pictureOf(elsewhere), await pictureOf(workdir))
  })
})
