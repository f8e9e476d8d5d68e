import assert from 'node:assert/strict'
import {readdir} from 'node:fs/promises'

import {statePaths} from '../../src/state/paths.js'
import {archiveLab, type Archived} from '../support/archive-lab.js'
import {pictureOf, type Picture} from '../support/tree.js'

describe('a chain of 20 checkpoints', () => {
  const lab = archiveLab()

  it('outlives the deletion of its middle, and leaves nothing when all are deleted', async function () {
    this.timeout(60_000)
    const {workdir, context, write, create, restore, remove, verify} = lab()
    for (let i = 0; i < 40; i++) await write(`base/${i}`, `content ${i}`)
    const made: {checkpoint: Archived; picture: Picture}[] = []
    for (let i = 0; i < 20; i++) {
      await write(`step/${i % 7}`, `step ${i}`)
      made.push({picture: await pictureOf(workdir), checkpoint: (await create()).checkpoint})
    }

    assert.deepEqual(
      made.slice(1).map(({checkpoint}) => checkpoint.parent),
      made.slice(0, -1).map(({checkpoint}) => checkpoint.id),
    )
    const doomed = made.slice(4, 16)
    const left = [...made.slice(0, 4), ...made.slice(16)]
    for (const {checkpoint} of doomed) await remove(checkpoint)
    for (const {checkpoint} of left) assert.deepEqual(await verify(checkpoint), [])
    for (const {checkpoint, picture} of [left[2], left[7], left[0]].filter(one => one !== undefined)) {
      await restore(checkpoint)
      assert.deepEqual(await pictureOf(workdir), picture)
    }

    for (const {checkpoint} of left) await remove(checkpoint)
    const {layers, manifests} = statePaths(context.stateDir)
    assert.deepEqual(await readdir(layers), [])
    assert.deepEqual(await readdir(manifests), [])
  })
})
