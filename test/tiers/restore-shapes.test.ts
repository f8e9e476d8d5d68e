import assert from 'node:assert/strict'
import {lstat, mkdir, readFile, rm, symlink, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import {archiveLab} from '../support/archive-lab.js'
import {pictureOf} from '../support/tree.js'

describe('a restore onto a tree of another shape', () => {
  const lab = archiveLab()

  beforeEach(async () => {
    const {write, workdir} = lab()
    await write('dir/inner/file', 'in a directory')
    await write('file', 'a file')
    await write('same', 'same')
    await symlink('file', join(workdir, 'link'))
  })

  const changes: Readonly<Record<string, (at: (path: string) => string) => Promise<void>>> = {
    'a directory became a file, and a file a directory': async at => {
      await rm(at('dir'), {recursive: true})
      await writeFile(at('dir'), 'x')
      await rm(at('file'))
      await mkdir(at('file/now/deep'), {recursive: true})
    },
    'only a directory became a file': async at => {
      await rm(at('dir/inner'), {recursive: true})
      await writeFile(at('dir/inner'), 'x')
    },
    'only a file became a directory': async at => {
      await rm(at('file'))
      await mkdir(at('file'))
      await writeFile(at('file/x'), 'x')
    },
    'a directory became a link to elsewhere': async at => {
      await rm(at('dir'), {recursive: true})
      await mkdir(at('../elsewhere/inner'), {recursive: true})
      await symlink('../elsewhere', at('dir'))
    },
    'a link became a directory': async at => {
      await rm(at('link'))
      await mkdir(at('link/x'), {recursive: true})
    },
  }
  for (const [what, change] of Object.entries(changes)) {
    it(`works when ${what}, and back`, async () => {
      const {workdir, create, restore} = lab()
      const saved = await pictureOf(workdir)
      const {checkpoint} = await create()
      await change(path => join(workdir, path))
      const mine = await pictureOf(workdir)
      const second = (await create()).checkpoint
      await restore(checkpoint)
      assert.deepEqual(await pictureOf(workdir), saved)
      await restore(second)
      assert.deepEqual(await pictureOf(workdir), mine)
    })
  }

  it('does not write through a link that took the place of a directory', async () => {
    const {workdir, create, restore} = lab()
    const {checkpoint} = await create()
    await rm(join(workdir, 'dir'), {recursive: true})
    await mkdir(join(workdir, '../elsewhere'))
    await symlink('../elsewhere', join(workdir, 'dir'))
    await restore(checkpoint)
    assert.equal((await lstat(join(workdir, 'dir'))).isDirectory(), true)
    await assert.rejects(readFile(join(workdir, '../elsewhere/inner/file')), {code: 'ENOENT'})
  })
})
