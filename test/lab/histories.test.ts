import assert from 'node:assert/strict'
import {randomInt} from 'node:crypto'
import {rm} from 'node:fs/promises'

import {archiveLab, type Archived} from '../support/archive-lab.js'
import {pictureOf, type Picture} from '../support/tree.js'
import {fill, meddle} from './support/meddling.js'

const STEPS = process.env['CRABBOX_LAB_WHOLE'] === undefined ? 8 : 50

/** Checkpoints stand on each other, borrow from each other and outlive each other: each stays what it was. */
describe('checkpoints of a workdir that lives', () => {
  const lab = archiveLab()
  for (const where of ['on this machine', 'on another one']) {
    it(`are what was saved, whatever became of the others, ${where}`, async () => {
      const {workdir, create, restore, remove, verify} = lab()
      if (where === 'on another one') lab().wrap = transport => ({...transport, colocated: false})
      const saved: {checkpoint: Archived; picture: Picture}[] = []
      const expectSaved = async (one: (typeof saved)[number] | undefined): Promise<void> => {
        assert.ok(one)
        assert.deepEqual(await verify(one.checkpoint), [])
        await restore(one.checkpoint)
        assert.deepEqual(await pictureOf(workdir), one.picture)
      }

      await fill(workdir, 12)
      for (let step = 0; step < STEPS; step++) {
        await meddle(workdir)
        const alike = saved[randomInt(saved.length + 1)]?.checkpoint ?? null
        const {checkpoint} = await create(randomInt(3) === 0 ? {parent: null, alike} : {})
        saved.push({checkpoint, picture: await pictureOf(workdir)})
        if (randomInt(4) === 0 && saved.length > 2) {
          const [gone] = saved.splice(randomInt(saved.length - 1), 1)
          if (gone !== undefined) await remove(gone.checkpoint)
        }

        if (randomInt(3) === 0) await rm(workdir, {recursive: true})
        await expectSaved(saved[randomInt(saved.length)])
      }

      for (const one of saved) await expectSaved(one)
    })
  }
})
