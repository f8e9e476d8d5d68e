import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {randomBytes} from 'node:crypto'
import {once} from 'node:events'
import {linkSync, statSync} from 'node:fs'
import {chmod, mkdir, readFile, rename, rm, stat, writeFile} from 'node:fs/promises'
import {createServer} from 'node:net'
import {join} from 'node:path'

import {statePaths} from '../../src/state/paths.js'
import {archiveLab} from '../support/archive-lab.js'
import {rootSkip} from '../support/root.js'
import {pictureOf} from '../support/tree.js'

describe('saving a workdir', () => {
  const lab = archiveLab()
  const ownLayer = (id: string, names: readonly string[]): number => {
    const name = names.find(layer => layer.startsWith(id))
    return name === undefined ? 0 : statSync(join(statePaths(lab().context.stateDir).layers, name)).size
  }

  it('stores one edited file as a small second layer', async () => {
    const {write, create, verify} = lab()
    await write('big', randomBytes(2_000_000))
    await write('src/one', 'first')
    const first = await create()
    await write('src/one', 'second')
    const {checkpoint, parent, sizes} = await create()
    assert.equal(parent, first.checkpoint.id)
    assert.equal(checkpoint.artifact.layers.length, 2)
    assert.ok(ownLayer(checkpoint.id, checkpoint.artifact.layers) < 2000)
    assert.equal(sizes.content, 2_000_006)
    assert.deepEqual(await verify(checkpoint), [])
  })

  it('stores nothing when nothing changed', async () => {
    const {write, create} = lab()
    await write('a', 'x')
    const first = await create()
    const second = await create()
    assert.deepEqual(second.checkpoint.artifact.layers, first.checkpoint.artifact.layers)
    assert.equal(ownLayer(second.checkpoint.id, second.checkpoint.artifact.layers), 0)
  })

  it('notices an edit that leaves size and time as they were', async () => {
    const {workdir, write, create, restore} = lab()
    await write('a', 'before')
    await create()
    const file = join(workdir, 'a')
    execFileSync('touch', ['-r', file, `${file}.time`])
    await writeFile(file, 'behind')
    execFileSync('touch', ['-r', `${file}.time`, file])
    await rm(`${file}.time`)
    const {checkpoint} = await create()
    await rm(file)
    await restore(checkpoint)
    assert.equal(await readFile(file, 'utf8'), 'behind')
  })

  it('notices a file that another one of the same look was moved over', async () => {
    const {workdir, write, create, restore} = lab()
    for (const [name, content] of Object.entries({a: '11', b: '22'})) await write(name, content)
    execFileSync('touch', ['-d', '@1000000000', join(workdir, 'a'), join(workdir, 'b')])
    await create()
    await rename(join(workdir, 'b'), join(workdir, 'a'))
    const {checkpoint} = await create()
    await writeFile(join(workdir, 'a'), '')
    await restore(checkpoint)
    assert.equal(await readFile(join(workdir, 'a'), 'utf8'), '22')
  })

  it('takes a new name of an old file, and the loss of one, for a change', async () => {
    const {workdir, write, create, restore} = lab()
    await write('d/first', 'shared')
    await write('other', 'other')
    await create()
    linkSync(join(workdir, 'd/first'), join(workdir, 'e'))
    const withTwo = await pictureOf(workdir)
    const two = (await create()).checkpoint
    await rm(join(workdir, 'd/first'))
    const withOne = await pictureOf(workdir)
    const one = (await create()).checkpoint
    await restore(two)
    assert.deepEqual(await pictureOf(workdir), withTwo)
    await restore(one)
    assert.deepEqual(await pictureOf(workdir), withOne)
  })

  it('saves a workdir of nothing at all', async () => {
    const {workdir, write, create, restore} = lab()
    const before = await pictureOf(workdir)
    const {checkpoint, sizes} = await create()
    assert.equal(sizes.entries, 1)
    await write('a/b', 'x')
    await restore(checkpoint)
    assert.deepEqual(await pictureOf(workdir), before)
  })

  it('leaves sockets out, and says so', async () => {
    const {workdir, create} = lab()
    const server = createServer().listen(join(workdir, 's'))
    await once(server, 'listening')
    const {warnings, sizes} = await create()
    server.close()
    assert.deepEqual(warnings, ['s is a socket and was not saved'])
    assert.equal(sizes.entries, 1)
  })

  it(`fails, names the file and leaves nothing when a file cannot be read${rootSkip ?? ''}`, async function () {
    if (rootSkip !== null) this.skip()
    const {workdir, write, create, context} = lab()
    await write('a/secret', 'x')
    await chmod(join(workdir, 'a/secret'), 0)
    await assert.rejects(create(), {code: 'FILE_UNREADABLE', message: /a\/secret: .*Permission denied/})
    assert.equal((await stat(statePaths(context.stateDir).layers)).isDirectory(), true)
  })

  it('fails when there is no workdir', async () => {
    await rm(lab().workdir, {recursive: true})
    await assert.rejects(lab().create(), {code: 'WORKDIR_NOT_FOUND', kind: 'notFound'})
    await mkdir(lab().workdir)
  })
})
