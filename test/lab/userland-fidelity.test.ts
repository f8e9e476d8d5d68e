import assert from 'node:assert/strict'
import {randomBytes} from 'node:crypto'
import {readFile} from 'node:fs/promises'
import {join} from 'node:path'

import {archiveLab, type Made} from '../support/archive-lab.js'
import {makeHardTree} from '../support/hard-tree.js'
import {pictureOf, type Picture} from '../support/tree.js'
import {sh} from './support/shell.js'
import {sshUserland} from './support/ssh-userland.js'
import {has, userland, type Userland} from './support/userland.js'

/** The same tree, with times as a host keeps them that knows seconds only. */
const inSeconds = (picture: Picture): Picture =>
  new Map(
    [...picture].map(([path, line]) => [path, line.replace(/-?\d+$/, ns => String(Math.floor(Number(ns) / 1e9)))]),
  )

/** Another host's copy of a lease: everything is removed, and comes back from the checkpoint. */
const WAYS = {'on this machine': userland, 'over OpenSSH': sshUserland}
const KINDS = (['busybox', 'bsdtar'] as const).flatMap(tar =>
  Object.entries(WAYS).map(([way, open]) => ({tar, way, open})),
)
for (const {tar, way, open} of KINDS) {
  describe(`fidelity on a host of busybox, with ${tar} as tar, ${way}`, function () {
    if (!has('busybox') || !has(tar)) return
    const lab = archiveLab()
    const seen = tar === 'busybox' ? inSeconds : (picture: Picture): Picture => picture
    let host: Pick<Userland, 'over'> & {readonly close: () => unknown}
    let made: Made
    let before: Picture
    beforeEach(async () => {
      host = await open(tar)
      const {workdir, create} = lab()
      await makeHardTree(workdir)
      sh(
        'cd "$1" && chmod 0555 holder/empty && chmod 4755 big && chown 1234:4321 plain.txt && chown -h 12:34 link',
        workdir,
      )
      sh(
        'cd "$1" && touch -d "1965-01-01 00:00:00$2 UTC" empty.txt && touch -d "2099-01-01 00:00:00.5 UTC" holder',
        workdir,
        tar === 'busybox' ? '.25' : '',
      )
      sh(
        'cd "$1" && rm -rf "*" && mkdir "a dir" && touch "a dir/*" "a dir/?" && truncate -s 9000000 "a dir/zeros"',
        workdir,
      )
      before = await pictureOf(workdir)
      lab().wrap = host.over
      made = await create()
    })
    afterEach(async () => void (await host.close()))

    it('saves what GNU tar saves, times to the nanosecond', async () => {
      const {workdir, restore, verify} = lab()
      assert.deepEqual(await verify(made.checkpoint), [])
      lab().wrap = transport => transport
      sh('rm -rf "$1"', workdir)
      await restore(made.checkpoint)
      assert.deepEqual(await pictureOf(workdir), before)
    })

    it('restores everything, and then what was touched', async () => {
      const {workdir, restore} = lab()
      sh('rm -rf "$1"', workdir)
      await restore(made.checkpoint)
      assert.deepEqual(seen(await pictureOf(workdir)), seen(before))
      sh('cd "$1" && printf x >> first && rm -rf holder/empty && chmod 0700 holder && rm link && mkdir link', workdir)
      await restore(made.checkpoint)
      assert.deepEqual(seen(await pictureOf(workdir)), seen(before))
    })

    it('undoes a restore', async () => {
      const {workdir, restore, undo} = lab()
      sh('cd "$1" && printf x >> first && rm -rf holder/empty && chmod 0700 holder && rm link && mkdir link', workdir)
      const edited = await pictureOf(workdir)
      await restore(made.checkpoint)
      await undo()
      assert.deepEqual(seen(await pictureOf(workdir)), seen(edited))
    })

    it('saves only what changed', async () => {
      const {workdir, write, create, restore} = lab()
      await restore(made.checkpoint)
      await write('new', 'new')
      const {sizes, warnings} = await create({parent: made.checkpoint})
      assert.ok(sizes.stored < 20_000, `${sizes.stored} bytes`)
      assert.equal(await readFile(join(workdir, 'new'), 'utf8'), 'new')
      assert.deepEqual(warnings, made.warnings)
    })

    it('stores content once when its files are made anew', async () => {
      const {workdir, write, create, restore} = lab()
      const names = ['one', 'two\nlines\\', '*', '-rf', ' ']
      const content = names.map(() => randomBytes(1 << 20))
      const install = async (): Promise<void> => {
        for (const [i, name] of names.entries()) await write(`modules/${name}`, content[i] ?? '')
      }
      await install()
      await create()
      sh('rm -r "$1/modules"', workdir)
      await install()
      const fresh = await pictureOf(workdir)
      const {checkpoint, sizes} = await create()
      assert.ok(sizes.stored < 1 << 20, `${sizes.stored} bytes`)
      lab().wrap = transport => transport
      sh('rm -rf "$1"', workdir)
      await restore(checkpoint)
      assert.deepEqual(await pictureOf(workdir), fresh)
    })

    it('says what is not saved', () =>
      assert.deepEqual(
        made.warnings.map(line => /extended attributes and ACLs/.test(line)),
        tar === 'busybox' ? [true] : [],
      ))

    it('unpacks what GNU tar packed, holes and long names included', async () => {
      const {workdir, create, restore} = lab()
      lab().wrap = transport => transport
      const {checkpoint} = await create({parent: null})
      lab().wrap = host.over
      sh('rm -rf "$1"', workdir)
      await restore(checkpoint)
      assert.deepEqual(seen(await pictureOf(workdir)), seen(before))
    })
  })
}
