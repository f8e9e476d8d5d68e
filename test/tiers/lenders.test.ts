import assert from 'node:assert/strict'
import {randomBytes} from 'node:crypto'
import {mkdirSync, statSync, truncateSync} from 'node:fs'
import {open, readFile, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import {statePaths} from '../../src/state/paths.js'
import {LIST_SOME} from '../../src/workspace/list-script.js'
import {archiveLab} from '../support/archive-lab.js'
import {meddleBefore} from '../support/meddle.js'
import {MB, modulesIn} from '../support/modules.js'
import {pictureOf} from '../support/tree.js'

describe('content that is borrowed', () => {
  const lab = archiveLab()
  const {install, reinstall, layerOf} = modulesIn(lab)

  it('is lent by a checkpoint that has borrowed it itself, and kept for as long as somebody needs it', async () => {
    const {workdir, create, restore, remove, verify} = lab()
    await install()
    const made = [await create()]
    for (let i = 0; i < 3; i++) {
      await reinstall()
      made.push(await create())
    }

    const fresh = await pictureOf(workdir)
    for (const {checkpoint} of made.slice(0, -1)) await remove(checkpoint)
    const last = made.at(-1)?.checkpoint
    assert.ok(last)
    assert.deepEqual(await verify(last), [])
    await rm(join(workdir, 'modules'), {recursive: true})
    await restore(last)
    assert.deepEqual(await pictureOf(workdir), fresh)
  })

  it('is lent where it was stored with a hole that is smaller than its header', async () => {
    const {workdir, create, restore, verify, write} = lab()
    const body = randomBytes(5 * MB)
    body.fill(0, 65_536, 69_632)
    const directory = join(workdir, ...Array.from({length: 12}, () => 'd'.repeat(240)))
    mkdirSync(directory, {recursive: true})
    const file = await open(join(directory, 'image'), 'w')
    await file.write(body, 0, 65_536, 0)
    await file.write(body, 69_632, body.length - 69_632, 69_632)
    await file.close()
    await create()
    await write('copy', body)
    await rm(join(directory, 'image'))
    const second = await create()
    assert.deepEqual(await verify(second.checkpoint), [])
    await rm(join(workdir, 'copy'))
    await restore(second.checkpoint)
    assert.ok((await readFile(join(workdir, 'copy'))).equals(body))
  })

  it('is lent by a checkpoint whose own parents are gone', async () => {
    const {create, remove, write} = lab()
    await install()
    await write('x', 'one')
    await create()
    await write('x', 'two')
    const second = await create()
    await write('x', 'three')
    const third = await create()
    await remove(second.checkpoint)
    await reinstall()
    assert.ok(layerOf(await create({parent: null, alike: third.checkpoint})) < 10_000)
  })

  it('is stored anew where it was stored with holes', async () => {
    const {workdir, write, create, restore, verify} = lab()
    const file = join(workdir, 'disk')
    await writeFile(file, '')
    truncateSync(file, 5 * MB)
    await create()
    await write('disk', Buffer.alloc(5 * MB))
    const second = await create()
    assert.deepEqual(await verify(second.checkpoint), [])
    await rm(file)
    await restore(second.checkpoint)
    assert.ok(statSync(file).blocks > 0)
  })

  it('stays when its checkpoint is deleted while another one borrows it', async () => {
    const {create, verify, remove} = lab()
    await install()
    const first = await create()
    await reinstall()
    lab().wrap = transport => meddleBefore(transport, LIST_SOME, () => remove(first.checkpoint))
    const second = await create({parent: null, alike: first.checkpoint})
    assert.ok(layerOf(second) < 10_000)
    assert.deepEqual(await verify(second.checkpoint), [])
  })

  it('is read from the host when the layer that has it is gone', async () => {
    const {create, verify} = lab()
    await install()
    const first = await create()
    await reinstall()
    for (const name of first.checkpoint.artifact.layers) await rm(join(statePaths(lab().context.stateDir).layers, name))
    const second = await create({parent: null, alike: first.checkpoint})
    assert.ok(layerOf(second) > 6 * MB)
    assert.deepEqual(await verify(second.checkpoint), [])
  })
})
