import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {randomBytes} from 'node:crypto'
import {existsSync, linkSync, rmSync, statSync, truncateSync} from 'node:fs'
import {readFile, rename, rm, utimes, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import type {Running} from '../../src/core/transport.js'
import {LIST_SOME} from '../../src/workspace/list-script.js'
import {archiveLab} from '../support/archive-lab.js'
import {meddleBefore} from '../support/meddle.js'
import {MB, modulesIn} from '../support/modules.js'
import {pictureOf} from '../support/tree.js'

describe('content that is stored already, in files that look new', () => {
  const lab = archiveLab()
  const {content, install, reinstall, layerOf} = modulesIn(lab)

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

  for (const what of ['gone', 'a pipe']) {
    it(`is found though one of the files is ${what} when its host is to look at it`, async () => {
      const {workdir, create, verify} = lab()
      await install()
      await create()
      await reinstall()
      const file = join(workdir, 'modules/3/index.js')
      lab().wrap = transport => ({
        ...transport,
        spawn: (command, signal) => {
          if ((command.argv[2] ?? '').includes('hash() {') && existsSync(file) && statSync(file).isFile()) {
            rmSync(file)
            if (what === 'a pipe') execFileSync('mkfifo', [file])
          }

          return transport.spawn(command, signal)
        },
      })
      const {checkpoint} = await create()
      assert.deepEqual(await verify(checkpoint), [])
    })
  }

  it('is read from a host that cannot say what is in its files', async () => {
    const {create, verify} = lab()
    await install()
    await create()
    await reinstall()
    lab().wrap = transport => ({
      ...transport,
      spawn: (command, signal): Running =>
        transport.spawn((command.argv[2] ?? '').includes('hash() {') ? {...command, argv: ['false']} : command, signal),
    })
    const second = await create()
    assert.ok(layerOf(second) > 6 * MB)
    lab().wrap = transport => transport
    assert.deepEqual(await verify(second.checkpoint), [])
  })
})
