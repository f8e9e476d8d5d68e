import assert from 'node:assert/strict'
import {mkdirSync, rmSync, truncateSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

import {statePaths} from '../../src/state/paths.js'
import {archiveLab, SETTLED} from '../support/archive-lab.js'
import {MB, modulesIn} from '../support/modules.js'
import {pictureOf} from '../support/tree.js'
import {sh} from './support/shell.js'
import {has, userland, type Userland} from './support/userland.js'

for (const tar of ['busybox', 'bsdtar'] as const) {
  describe(`content that is stored already, on a host of busybox with ${tar} as tar`, function () {
    if (!has('busybox') || !has(tar)) return
    const lab = archiveLab()
    const {install, reinstall, layerOf} = modulesIn(lab)
    const file = (i: number): string => join(lab().workdir, `modules/${i}/index.js`)
    let host: Userland
    beforeEach(async () => {
      host = userland(tar)
      lab().wrap = host.over
      await install()
    })
    afterEach(() => host.close())

    it('is not sent to where it is, though nobody knows of it', async () => {
      const {workdir, create, restore} = lab()
      const {checkpoint} = await create()
      const before = await pictureOf(workdir)
      await sleep(SETTLED)
      const {baselines} = statePaths(lab().context.stateDir)
      rmSync(baselines, {recursive: true})
      mkdirSync(baselines)
      const {sent, removed, sentBytes} = await restore(checkpoint)
      assert.deepEqual([sent, removed, sentBytes], [[], [], 0])
      assert.deepEqual(await pictureOf(workdir), before)
    })

    if (tar === 'busybox') return
    it('is stored anew where one of the files has attributes, an ACL or holes', async () => {
      const {create, write} = lab()
      await write('hollow', Buffer.alloc(5 * MB))
      await create()
      for (const make of [
        () => sh('setfattr -n user.note -v kept "$1"', file(0)),
        () => sh('setfacl -m u:nobody:r "$1"', file(0)),
        () => {
          sh('setfacl -b "$1"', file(0))
          rmSync(join(lab().workdir, 'hollow'))
          sh(': > "$1"', join(lab().workdir, 'hollow'))
          truncateSync(join(lab().workdir, 'hollow'), 5 * MB)
        },
      ]) {
        await reinstall()
        make()
        assert.ok(layerOf(await create()) > 4 * MB)
      }
    })
  })
}
