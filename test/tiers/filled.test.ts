import assert from 'node:assert/strict'
import {mkdir, readdir, rm} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

import {archiveLab, SETTLED} from '../support/archive-lab.js'

describe('a workdir that was filled', () => {
  const lab = archiveLab()
  const layouts: Record<string, readonly string[]> = {
    'several files': ['a', 'src/b', 'src/c'],
    'one directory': ['src/a', 'src/b'],
    'one file': ['a'],
  }

  for (const [what, paths] of Object.entries(layouts)) {
    it(`is known from then on: ${what}`, async () => {
      const {workdir, write, create, restore} = lab()
      for (const path of paths) {
        await mkdir(dirname(join(workdir, path)), {recursive: true})
        await write(path, path)
      }

      await sleep(SETTLED)
      const {checkpoint} = await create()
      for (const name of await readdir(workdir)) await rm(join(workdir, name), {recursive: true})
      await restore(checkpoint)
      const again = await create({parent: checkpoint})
      // The workdir itself was written to when it was emptied.
      const files = again.artifact.layers.filter(layer => !checkpoint.artifact.layers.includes(layer))
      assert.deepEqual(files, [])
    })
  }
})
