import assert from 'node:assert/strict'
import {readFile, writeFile} from 'node:fs/promises'

import {statePaths} from '../../src/state/paths.js'
import {archiveLab} from '../support/archive-lab.js'

describe('what a deleted checkpoint leaves to others', () => {
  const lab = archiveLab()

  it('is what a record that cannot be read still names', async () => {
    const {context, write, create, remove, verify} = lab()
    await write('a', '1')
    await write('b', '1')
    const first = (await create()).checkpoint
    await write('a', '2')
    const second = (await create()).checkpoint
    const {catalog} = statePaths(context.stateDir)
    const file = JSON.parse(await readFile(catalog, 'utf8')) as {rows: Record<string, {state: string}>}
    const row = file.rows[second.id]
    assert.ok(row)
    row.state = 'archived-by-a-later-version'
    await writeFile(catalog, JSON.stringify(file))
    await remove(first)
    assert.deepEqual(await verify(second), [])
  })

  it('is nothing that was only begun', async () => {
    const {context, write, create, remove} = lab()
    await write('a', '1')
    const {checkpoint} = await create()
    const {layers} = statePaths(context.stateDir)
    await writeFile(`${layers}/${checkpoint.id}.tar.gz.part`, 'half')
    await remove(checkpoint)
    await assert.rejects(readFile(`${layers}/${checkpoint.id}.tar.gz.part`), {code: 'ENOENT'})
  })

  it('is gone already the second time', async () => {
    const {write, create, remove, verify, restore} = lab()
    await write('a', '1')
    const {checkpoint} = await create()
    await remove(checkpoint)
    await remove(checkpoint)
    assert.match((await verify(checkpoint)).join(), /manifest .* is missing/)
    await assert.rejects(restore(checkpoint), {code: 'MANIFEST_MISSING'})
  })
})
