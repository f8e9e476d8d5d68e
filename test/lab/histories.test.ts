import assert from 'node:assert/strict'
import {randomInt} from 'node:crypto'
import {readdir, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

import {statePaths} from '../../src/state/paths.js'
import {archiveLab, SETTLED, type Archived} from '../support/archive-lab.js'
import {pictureOf, type Picture} from '../support/tree.js'
import {fill, meddle, writeInto} from './support/meddling.js'

const STEPS = process.env['CRABBOX_LAB_WHOLE'] === undefined ? 8 : 50

/** Checkpoints stand on each other, borrow from each other and outlive each other: each stays what it was. */
describe('checkpoints of a workdir that lives', () => {
  const lab = archiveLab()
  for (const where of ['on this machine', 'on another one']) {
    it(`are what was saved, whatever became of the others, ${where}`, async () => {
      const {workdir, create, restore, undo, remove, verify} = lab()
      if (where === 'on another one') lab().wrap = transport => ({...transport, colocated: false})
      const saved: {checkpoint: Archived; picture: Picture}[] = []
      const expectSaved = async (one: (typeof saved)[number] | undefined): Promise<void> => {
        assert.ok(one)
        assert.deepEqual(await verify(one.checkpoint), [])
        await restore(one.checkpoint)
        assert.deepEqual(await pictureOf(workdir), one.picture)
      }

      /** What was there comes back, though a program has written into what both trees share. */
      const expectUndone = async (one: (typeof saved)[number] | undefined): Promise<void> => {
        assert.ok(one)
        await meddle(workdir)
        if (randomInt(2) === 0) await forget()
        const mine = await pictureOf(workdir)
        await restore(one.checkpoint)
        const names = await writeInto(workdir)
        const after = await pictureOf(workdir)
        await undo()
        const now = await pictureOf(workdir)
        // What was written outside of what the restore had replaced stays.
        const kept = names.filter(path => now.get(path) === after.get(path))
        const but = (picture: Picture): [string, string][] => [...picture].filter(([path]) => !kept.includes(path))
        assert.deepEqual(but(now), but(mine))
      }

      const forget = async (): Promise<void> => {
        await sleep(SETTLED)
        const {baselines} = statePaths(lab().context.stateDir)
        for (const name of await readdir(baselines)) await rm(join(baselines, name))
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

        const one = saved[randomInt(saved.length)]
        if (randomInt(3) === 0) await rm(workdir, {recursive: true})
        else await expectUndone(one)
        if (randomInt(2) === 0) await forget()
        await expectSaved(one)
      }

      for (const one of saved) await expectSaved(one)
    })
  }
})
