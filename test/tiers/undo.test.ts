import assert from 'node:assert/strict'
import {chmod, mkdir, readFile, rm, utimes} from 'node:fs/promises'
import {join} from 'node:path'

import {silentProgress} from '../../src/core/progress.js'
import {local} from '../../src/providers/local/index.js'
import {archiveUndo} from '../../src/tiers/archive-undo.js'
import {workspaceArchiveRestore} from '../../src/tiers/workspace-archive-restore.js'
import {archiveLab} from '../support/archive-lab.js'
import {makeHardTree} from '../support/hard-tree.js'
import {pictureOf} from '../support/tree.js'

describe('undoing a restore', () => {
  const lab = archiveLab()

  it('puts back what the restore replaced, and twice is where one began', async () => {
    const {workdir, write, create, restore, undo} = lab()
    await makeHardTree(workdir)
    const saved = await pictureOf(workdir)
    const {checkpoint} = await create()
    await write('plain.txt', 'mine')
    await write('new/file', 'mine too')
    await rm(join(workdir, 'holder/run.sh'))
    const mine = await pictureOf(workdir)
    await restore(checkpoint)
    assert.deepEqual(await undo(), {checkpoint: checkpoint.id})
    assert.deepEqual(await pictureOf(workdir), mine)
    assert.deepEqual(await undo(), {checkpoint: 'undo'})
    assert.deepEqual(await pictureOf(workdir), saved)
    await undo()
    assert.deepEqual(await pictureOf(workdir), mine)
  })

  const changes: Readonly<Record<string, (at: (path: string) => string) => Promise<void>>> = {
    'one file was edited': at => lab().write(at('a/one').slice(lab().workdir.length + 1), 'mine'),
    'one file was removed': at => rm(at('a/one')),
    'one file was added': () => lab().write('a/three', '3'),
    'one directory was removed': at => rm(at('a'), {recursive: true}),
    'one directory was added': () => lab().write('c/d/four', '4'),
    "one directory's mode was changed": at => chmod(at('a'), 0o700),
    "the workdir's own mode was changed": at => chmod(at(''), 0o700),
    "two directories' times were changed": async at => {
      await utimes(at('a'), 1, 1)
      await utimes(at('b'), 2, 2)
    },
  }
  for (const [what, change] of Object.entries(changes)) {
    it(`works both ways when ${what}`, async () => {
      const {workdir, write, create, restore, undo} = lab()
      for (const path of ['a/one', 'a/two', 'b/two']) await write(path, path)
      const saved = await pictureOf(workdir)
      const {checkpoint} = await create()
      await change(path => join(workdir, path))
      const mine = await pictureOf(workdir)
      await restore(checkpoint)
      assert.deepEqual(await pictureOf(workdir), saved)
      await undo()
      assert.deepEqual(await pictureOf(workdir), mine)
      await undo()
      assert.deepEqual(await pictureOf(workdir), saved)
    })
  }

  it('is done, and says what could not be noted, where the state directory takes no more', async () => {
    const {write, create, lease, workdir} = lab()
    const warnings: string[] = []
    const progress = {...silentProgress, warn: (text: string) => void warnings.push(text)}
    const context = {...lab().context, progress}
    const handlers = workspaceArchiveRestore(local.leases)
    const undo = (): Promise<unknown> => handlers.undo({lease, target: workdir}, context)
    await write('a', 'saved')
    const {checkpoint} = await create()
    const restore = (): Promise<unknown> =>
      handlers.restore({checkpoint, lease, target: workdir, dryRun: false}, context)
    await write('a', 'mine')
    await restore()
    const {current} = archiveUndo(context.stateDir, lease, workdir).baselines
    // As a full disk does it: what cannot be replaced is a directory.
    const blocked = async (work: () => Promise<unknown>, content: string): Promise<void> => {
      await rm(current, {force: true})
      await mkdir(join(current, 'in the way'), {recursive: true})
      await work()
      assert.equal(await readFile(join(workdir, 'a'), 'utf8'), content)
      assert.match(warnings.pop() ?? '', /could not be noted, so the next command takes longer: cannot write/)
      assert.deepEqual(warnings, [])
      await rm(current, {recursive: true})
    }
    await blocked(undo, 'mine')
    await undo()
    await write('a', 'mine again')
    await blocked(restore, 'saved')
  })

  it('has nothing to do where nothing was restored', async () => {
    await lab().write('a', '1')
    await assert.rejects(lab().undo(), {code: 'NOTHING_TO_UNDO', kind: 'busy'})
  })

  it('still knows the replaced tree after a restore that changed nothing', async () => {
    const {workdir, write, create, restore, undo} = lab()
    await write('a', 'saved')
    await write('b', 'other')
    const {checkpoint} = await create()
    await write('a', 'mine')
    const mine = await pictureOf(workdir)
    await restore(checkpoint)
    await restore(checkpoint)
    await undo()
    assert.deepEqual(await pictureOf(workdir), mine)
  })
})
