import assert from 'node:assert/strict'
import {chmod, mkdir, readFile, readlink, rename, rm, stat, symlink, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'

import {FARM} from '../../src/workspace/staging-scripts.js'
import {SEAL, SWAP} from '../../src/workspace/swap-scripts.js'
import {archiveLab} from '../support/archive-lab.js'
import {meddleBefore} from '../support/meddle.js'
import {pictureOf, type Picture} from '../support/tree.js'

// Whoever may write in a workdir may put a link there that leads out of it, at any time.
describe('a directory on the way to what is replaced that becomes a link', () => {
  const lab = archiveLab()
  const elsewhere = (): string => join(dirname(lab().workdir), 'elsewhere')
  const [deep, strange] = ['a/b', 'ä\n/-- $(x)\n/b']

  /** Saves, changes two files, and has another directory with the same names beside the workdir. */
  const prepare = async (
    unit: string,
  ): Promise<Awaited<ReturnType<ReturnType<typeof lab>['create']>>['checkpoint']> => {
    const {write, create} = lab()
    for (const name of ['f', 'g']) await write(`${unit}/${name}`, 'saved')
    const {checkpoint} = await create()
    for (const name of ['f', 'g']) await write(`${unit}/${name}`, 'mine')
    const victim = join(elsewhere(), unit.slice(unit.indexOf('/')))
    await mkdir(victim, {recursive: true})
    await writeFile(join(victim, 'precious'), 'precious')
    return checkpoint
  }
  const link = async (unit: string): Promise<void> => {
    const first = join(lab().workdir, unit.slice(0, unit.indexOf('/')))
    await rename(first, `${first}.moved`)
    await symlink(elsewhere(), first)
  }

  for (const unit of [deep, strange])
    for (const [name, script] of Object.entries({FARM, SEAL, SWAP}))
      it(`leads no restore out of the workdir before ${name}, to ${JSON.stringify(unit)}`, async () => {
        const {restore, recover, workdir} = lab()
        const checkpoint = await prepare(unit)
        const victim = await pictureOf(elsewhere())
        lab().wrap = transport => meddleBefore(transport, script, () => link(unit))
        await assert.rejects(restore(checkpoint), {code: 'WORKDIR_MOVED', kind: 'busy'})
        lab().wrap = transport => transport
        assert.deepEqual(await pictureOf(elsewhere()), victim)
        const first = join(workdir, unit.slice(0, unit.indexOf('/')))
        assert.equal(await readFile(join(`${first}.moved`, unit.slice(unit.indexOf('/')), 'f'), 'utf8'), 'mine')
        await recover()
        assert.deepEqual(await pictureOf(elsewhere()), victim)
        assert.equal(await readFile(join(`${first}.moved`, unit.slice(unit.indexOf('/')), 'f'), 'utf8'), 'mine')
      })

  it('is refused by an undo where it is the workdir itself, and its link stays', async () => {
    const {write, create, restore, undo, workdir} = lab()
    for (const name of ['f', 'g']) await write(name, 'saved')
    const {checkpoint} = await create()
    for (const name of ['f', 'g']) await write(name, 'mine')
    await restore(checkpoint)
    await rename(workdir, elsewhere())
    await symlink(elsewhere(), workdir)
    await assert.rejects(undo(), {code: 'WORKDIR_MOVED'})
    assert.equal(await readlink(workdir), elsewhere())
    assert.equal(await readFile(join(workdir, 'f'), 'utf8'), 'saved')
  })

  // Nothing but the metadata of these changes: they are not swapped.
  for (const changed of ['z', 'z/y']) {
    const before = async (): Promise<Awaited<ReturnType<typeof prepare>>> => {
      const {write, create, workdir} = lab()
      await write('a/f', 'saved')
      await write('z/y/data', 'saved')
      for (const path of ['z', 'z/y']) await chmod(join(workdir, path), 0o750)
      const {checkpoint} = await create()
      await write('a/f', 'mine')
      await chmod(join(workdir, changed), 0o755)
      return checkpoint
    }
    const swap = async (): Promise<void> => {
      await rename(join(lab().workdir, 'z'), elsewhere())
      await symlink(elsewhere(), join(lab().workdir, 'z'))
    }
    const isRefused = async (work: Promise<unknown>, picture: Picture): Promise<void> => {
      await assert.rejects(work, {code: 'WORKDIR_MOVED'})
      assert.equal(await readlink(join(lab().workdir, 'z')), elsewhere())
      assert.equal((await pictureOf(elsewhere())).get('y'), picture.get('z/y'))
    }

    it(`leads no metadata of ${changed} out of the workdir in a restore`, async () => {
      const {restore, workdir} = lab()
      const checkpoint = await before()
      const picture = await pictureOf(workdir)
      lab().wrap = transport => meddleBefore(transport, SEAL, swap)
      await isRefused(restore(checkpoint), picture)
      assert.equal(await readFile(join(workdir, 'a/f'), 'utf8'), 'mine')
    })

    it(`leads no metadata of ${changed} out of the workdir in an undo, which works once it is back`, async () => {
      const {restore, undo, workdir} = lab()
      await restore(await before())
      const picture = await pictureOf(workdir)
      await swap()
      await isRefused(undo(), picture)
      assert.equal(await readFile(join(workdir, 'a/f'), 'utf8'), 'saved')
      await rm(join(workdir, 'z'))
      await rename(elsewhere(), join(workdir, 'z'))
      await undo()
      assert.equal(await readFile(join(workdir, 'a/f'), 'utf8'), 'mine')
      assert.equal((await stat(join(workdir, changed))).mode & 0o777, 0o755)
    })
  }

  it('leads no undo out of the workdir', async () => {
    const {restore, undo, workdir} = lab()
    const checkpoint = await prepare(deep)
    await restore(checkpoint)
    await link(deep)
    const victim = await pictureOf(elsewhere())
    await assert.rejects(undo(), {code: 'WORKDIR_MOVED'})
    assert.deepEqual(await pictureOf(elsewhere()), victim)
    // Once it is back, so is what was replaced.
    await rename(join(workdir, 'a'), join(dirname(workdir), 'the link'))
    await rename(join(workdir, 'a.moved'), join(workdir, 'a'))
    await undo()
    assert.equal(await readFile(join(workdir, 'a/b/f'), 'utf8'), 'mine')
  })
})
