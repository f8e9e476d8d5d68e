import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {randomBytes} from 'node:crypto'
import {linkSync, statSync, truncateSync} from 'node:fs'
import {readFile, rename, rm, utimes, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import type {Running} from '../../src/core/transport.js'
import {statePaths} from '../../src/state/paths.js'
import {LIST_SOME} from '../../src/workspace/list-script.js'
import {archiveLab, type Made} from '../support/archive-lab.js'
import {meddleBefore} from '../support/meddle.js'
import {pictureOf} from '../support/tree.js'

const MB = 1 << 20

describe('content that is stored already, in files that look new', () => {
  const lab = archiveLab()
  const layerOf = ({checkpoint}: Made): number => {
    const own = checkpoint.artifact.layers.find(name => name.startsWith(checkpoint.id))
    return own === undefined ? 0 : statSync(join(statePaths(lab().context.stateDir).layers, own)).size
  }

  /** A tree as a package manager leaves it, with three megabytes of content twice. */
  const install = async (): Promise<void> => {
    const {write} = lab()
    for (let i = 0; i < 6; i++) await write(`modules/${i}/index.js`, content[i] ?? '')
    await write('modules/copy.js', content[0] ?? '')
  }
  const content = Array.from({length: 6}, (_, i) => randomBytes(MB + i))
  const reinstall = async (): Promise<void> => {
    await rm(join(lab().workdir, 'modules'), {recursive: true})
    await install()
  }

  it('is not stored again, and comes back with the new times', async () => {
    const {workdir, create, restore, verify, write} = lab()
    await install()
    await write('src/a', 'a')
    const first = await create()
    await reinstall()
    const fresh = await pictureOf(workdir)
    const second = await create()
    assert.equal(second.parent, first.checkpoint.id)
    assert.ok(layerOf(second) < 10_000, String(layerOf(second)))
    assert.deepEqual(await verify(second.checkpoint), [])
    await rm(join(workdir, 'modules'), {recursive: true})
    await restore(second.checkpoint)
    assert.deepEqual(await pictureOf(workdir), fresh)
  })

  it('is not stored again where nothing is known of the files', async () => {
    const {workdir, create, restore, verify} = lab()
    await install()
    const first = await create()
    await reinstall()
    const fresh = await pictureOf(workdir)
    const second = await create({parent: null, alike: first.checkpoint})
    assert.equal(second.parent, null)
    assert.ok(layerOf(second) < 10_000, String(layerOf(second)))
    await lab().remove(first.checkpoint)
    assert.deepEqual(await verify(second.checkpoint), [])
    await rm(join(workdir, 'modules'), {recursive: true})
    await restore(second.checkpoint)
    assert.deepEqual(await pictureOf(workdir), fresh)
  })

  it('may stand under other names, beside files that are new', async () => {
    const {workdir, create, restore, write} = lab()
    await install()
    await create()
    await rename(join(workdir, 'modules/1'), join(workdir, 'modules/renamed'))
    for (const i of [0, 2, 3, 4]) await utimes(join(workdir, `modules/${i}/index.js`), 1e9, 1e9)
    await write('modules/renamed/index.js', content[1] ?? '')
    await write('modules/2/new.js', randomBytes(MB))
    await write('modules/again.js', content[5] ?? '')
    const fresh = await pictureOf(workdir)
    const second = await create()
    // What stays where it is lends nothing: the second copy of it is stored.
    assert.ok(layerOf(second) > 2 * MB && layerOf(second) < 2 * MB * 1.2, String(layerOf(second)))
    for (const checkpoint of [second.checkpoint, (await create()).checkpoint]) {
      await rm(join(workdir, 'modules'), {recursive: true})
      await restore(checkpoint)
      assert.deepEqual(await pictureOf(workdir), fresh)
    }
  })

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

  it('has the times of the checkpoint that is restored, where two borrow it from the same place', async () => {
    const {workdir, create, restore} = lab()
    await install()
    await create()
    await reinstall()
    const second = await create()
    const files = content.map((_, i) => join(workdir, `modules/${i}/index.js`))
    for (const file of files) await utimes(file, 5, 5)
    const third = await create()
    assert.ok(layerOf(third) < 10_000)
    await restore(second.checkpoint)
    assert.ok(files.every(file => statSync(file).mtimeMs > 5000))
    await restore(third.checkpoint)
    assert.ok(files.every(file => statSync(file).mtimeMs === 5000))
    for (const [i, file] of files.entries()) assert.ok((await readFile(file)).equals(content[i] ?? Buffer.alloc(0)))
  })

  it('is stored anew of a file that changes while its host looks at it', async () => {
    const {workdir, create, restore} = lab()
    await install()
    await create()
    await reinstall()
    const file = join(workdir, 'modules/0/index.js')
    const other = randomBytes(content[0]?.length ?? 0)
    lab().wrap = transport => meddleBefore(transport, LIST_SOME, () => writeFile(file, other))
    const second = await create()
    assert.ok(layerOf(second) > MB && layerOf(second) < MB * 1.2, String(layerOf(second)))
    await rm(file)
    await restore(second.checkpoint)
    assert.ok((await readFile(file)).equals(other))
  })

  it('is stored anew with extended attributes and further names', async function () {
    const {workdir, create, restore} = lab()
    await install()
    await create()
    await reinstall()
    const file = (i: number): string => join(workdir, `modules/${i}/index.js`)
    try {
      execFileSync('setfattr', ['-n', 'user.note', '-v', 'kept', file(0)], {stdio: 'ignore'})
    } catch {
      this.skip()
    }

    linkSync(file(1), join(workdir, 'modules/linked.js'))
    const second = await create()
    assert.ok(layerOf(second) > 2 * MB && layerOf(second) < 2 * MB * 1.2, String(layerOf(second)))
    await rm(join(workdir, 'modules'), {recursive: true})
    await restore(second.checkpoint)
    assert.match(execFileSync('getfattr', ['-n', 'user.note', file(0)], {encoding: 'utf8'}), /kept/)
    assert.equal(statSync(file(1)).nlink, 2)
  })

  it('keeps the holes of a file that had none when it was stored', async () => {
    const {workdir, write, create, restore} = lab()
    const file = join(workdir, 'disk')
    await install()
    await write('disk', Buffer.alloc(5 * MB))
    await create()
    await rm(file)
    await writeFile(file, '')
    truncateSync(file, 5 * MB)
    assert.equal(statSync(file).blocks, 0)
    const second = await create()
    await rm(file)
    await restore(second.checkpoint)
    assert.equal(statSync(file).blocks, 0)
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

  it('is read from a host that cannot say what is in its files', async () => {
    const {create, verify} = lab()
    await install()
    await create()
    await reinstall()
    lab().wrap = transport => ({
      ...transport,
      spawn: (command, signal): Running =>
        transport.spawn(
          (command.argv[2] ?? '').includes('xargs -0 sha256sum') ? {...command, argv: ['false']} : command,
          signal,
        ),
    })
    const second = await create()
    assert.ok(layerOf(second) > 6 * MB)
    lab().wrap = transport => transport
    assert.deepEqual(await verify(second.checkpoint), [])
  })
})
