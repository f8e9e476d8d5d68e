import assert from 'node:assert/strict'
import {readFile, rm} from 'node:fs/promises'
import {join} from 'node:path'

import {archiveLab} from '../support/archive-lab.js'
import {pictureOf} from '../support/tree.js'

describe('files that are left out of checkpoints', () => {
  const lab = archiveLab()
  const read = (path: string): Promise<string> => readFile(join(lab().workdir, path), 'utf8')

  it('survive a restore, with the directories that hold them', async () => {
    const {write, create, restore, undo} = lab()
    await write('src/a', 'saved')
    await write('node_modules/x/index.js', 'installed')
    const {checkpoint, sizes} = await create({excludes: ['node_modules/', '*.log']})
    assert.equal(sizes.entries, 3)
    await write('src/a', 'mine')
    await write('new/deep/build.log', 'log')
    await write('new/deep/other', 'mine')
    await write('node_modules/y', 'installed later')
    await restore(checkpoint)
    assert.equal(await read('src/a'), 'saved')
    assert.equal(await read('node_modules/x/index.js'), 'installed')
    assert.equal(await read('node_modules/y'), 'installed later')
    assert.equal(await read('new/deep/build.log'), 'log')
    await assert.rejects(read('new/deep/other'), {code: 'ENOENT'})
    await undo()
    assert.equal(await read('new/deep/other'), 'mine')
  })

  it('are those that the ignore file of the workdir names, as it was when the checkpoint was made', async () => {
    const {workdir, write, create, restore} = lab()
    await write('.crabboxignore', '# comment\n\n*.tmp\r\n')
    await write('a.tmp', 'left out')
    const {checkpoint, sizes} = await create()
    assert.equal(sizes.entries, 2)
    await rm(join(workdir, '.crabboxignore'))
    await restore(checkpoint)
    assert.equal(await read('a.tmp'), 'left out')
  })

  it('are always those that may hold secrets, whatever a pattern says', async () => {
    const {write, create} = lab()
    await write('.crabbox/env', 'TOKEN=secret')
    await write('.crabbox/scripts/run.sh', 'secret')
    await write('.crabbox/config', 'no secret')
    const {sizes} = await create({excludes: ['!/.crabbox/env', '!/.crabbox/scripts']})
    assert.equal(sizes.entries, 3)
  })

  it('keep a directory from becoming a file, and then nothing is changed', async () => {
    const {workdir, write, create, restore, recover} = lab()
    await write('place', 'a file')
    const {checkpoint} = await create({excludes: ['*.log']})
    await rm(join(workdir, 'place'))
    await write('place/a.log', 'log')
    const before = await pictureOf(workdir)
    await assert.rejects(restore(checkpoint), {code: 'EXCLUDED_IN_THE_WAY', message: /^place holds files/})
    await recover()
    assert.deepEqual(await pictureOf(workdir), before)
  })
})
