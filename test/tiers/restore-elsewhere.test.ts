import assert from 'node:assert/strict'
import {mkdir, readFile, readlink, rename, symlink, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'

import {FARM} from '../../src/workspace/staging-scripts.js'
import {SEAL, SWAP} from '../../src/workspace/swap-scripts.js'
import {archiveLab} from '../support/archive-lab.js'
import {meddleBefore} from '../support/meddle.js'
import {pictureOf} from '../support/tree.js'

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
