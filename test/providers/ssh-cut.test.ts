import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {randomBytes} from 'node:crypto'
import {chmodSync, linkSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

import {ssh} from '../../src/providers/ssh/index.js'
import {statePaths} from '../../src/state/paths.js'
import {arrivedIn, timesOf} from '../support/arrived.js'
import {cutLab} from '../support/cut-lab.js'
import {pictureOf} from '../support/tree.js'
import type {Archived} from '../support/archive-lab.js'

const {leases, tiers, restores} = ssh
const archive = tiers['workspace-archive']

describe('a connection that is lost in the middle', () => {
  const {lab, stateDir, context, warnings, lease, request, create, cutAt, meanwhile} = cutLab()
  const file = (): string => join(lease().workdir, 'file')

  it('is opened again, and a checkpoint is what it should be', async () => {
    cutAt(3_000_000, 1)
    const checkpoint = await create()
    assert.match(warnings.join(), /was lost.*trying again/)
    assert.deepEqual((await archive.verify(checkpoint, context)).problems, [])
  })

  it('is opened again, and what has come is not sent a second time', async () => {
    for (let i = 0; i < 24; i++) writeFileSync(join(lease().workdir, 'src', String(i)), randomBytes(1_000_000))
    linkSync(join(lease().workdir, 'src/3'), join(lease().workdir, 'z'))
    await sleep(50)
    const before = lab.server.moved()
    cutAt(22_000_000, 1)
    const checkpoint = await create()
    assert.match(warnings.join(), /was lost.*trying again/)
    const moved = lab.server.moved() - before
    assert.ok(moved < 40_000_000, `${moved} bytes for 30 million`)
    assert.equal(checkpoint.artifact.layers.length, 2)
    assert.deepEqual((await archive.verify(checkpoint, context)).problems, [])
    const saved = await pictureOf(lease().workdir)
    rmSync(join(lease().workdir, 'src'), {recursive: true})
    rmSync(join(lease().workdir, 'z'))
    await restores['workspace-archive'].restore(
      {checkpoint, lease: lease(), target: lease().workdir, dryRun: false},
      context,
    )
    assert.deepEqual(await pictureOf(lease().workdir), saved)
  })

  it('is opened again, and what has changed meanwhile is read as it is then', async () => {
    for (let i = 0; i < 24; i++) writeFileSync(join(lease().workdir, 'src', String(i)), randomBytes(1_000_000))
    await sleep(50)
    const all = new Map(
      Array.from({length: 24}, (_, i) => [String(i), readFileSync(join(lease().workdir, 'src', String(i)))]),
    )
    meanwhile(() => {
      // Of whatever has come, some is another one now, and some is gone.
      for (let i = 0; i < 24; i += 2) all.set(String(i), randomBytes(1_000_000))
      for (let i = 0; i < 24; i += 2) writeFileSync(join(lease().workdir, 'src', String(i)), all.get(String(i)) ?? '')
      for (const i of [1, 5, 9, 13, 17, 21]) rmSync(join(lease().workdir, 'src', String(i)))
    })
    cutAt(22_000_000, 1)
    const checkpoint = await create()
    assert.match(warnings.join(), /was lost.*trying again/)
    rmSync(join(lease().workdir, 'src'), {recursive: true})
    await restores['workspace-archive'].restore(
      {checkpoint, lease: lease(), target: lease().workdir, dryRun: false},
      context,
    )
    assert.equal(readdirSync(join(lease().workdir, 'src')).length, 18)
    for (const name of readdirSync(join(lease().workdir, 'src')))
      assert.ok(readFileSync(join(lease().workdir, 'src', name)).equals(all.get(name) ?? Buffer.alloc(0)), name)
  })

  it('ends a checkpoint that cannot be had, and leaves nothing of it', async () => {
    for (let i = 0; i < 24; i++) writeFileSync(join(lease().workdir, 'src', String(i)), randomBytes(1_000_000))
    await sleep(50)
    const before = readdirSync(statePaths(stateDir).layers)
    cutAt(12_000_000, 9)
    await assert.rejects(create(), {code: 'CONNECTION_LOST', kind: 'provider'})
    assert.deepEqual(readdirSync(statePaths(stateDir).layers), before)
  }).timeout(30_000)

  it('ends a restore with the old tree, and nothing beside it once it is back', async () => {
    const saved = readFileSync(file())
    const checkpoint = await create()
    const changed = randomBytes(6_000_000)
    writeFileSync(file(), changed)
    const restore = {checkpoint, lease: lease(), target: lease().workdir, dryRun: false}
    cutAt(3_000_000, 9)
    await assert.rejects(restores['workspace-archive'].restore(restore, context), {code: 'CONNECTION_LOST'})
    assert.ok(readFileSync(file()).equals(changed))
    cutAt(3_000_000, 1)
    await restores['workspace-archive'].restore(restore, context)
    assert.ok(readFileSync(file()).equals(saved))
  }).timeout(30_000)

  it('is opened again for a fork, or leaves no lease', async () => {
    const checkpoint = await create()
    await lab.server.quiet()
    cutAt(3_000_000, 1)
    const wish = request()
    const placement = await archive.fork({checkpoint, lease: wish}, context)
    assert.match(warnings.join(), /was lost.*trying again/)
    assert.ok(readFileSync(join(placement.workdir, 'file')).equals(readFileSync(file())))
    await leases.release({...wish, ...placement}, context)
  })

  describe('while a lease is filled', () => {
    let checkpoint: Archived
    beforeEach(async () => {
      for (let i = 0; i < 24; i++) writeFileSync(join(lease().workdir, 'src', String(i)), randomBytes(1_000_000))
      linkSync(join(lease().workdir, 'src/3'), join(lease().workdir, 'z'))
      chmodSync(join(lease().workdir, 'src'), 0o555)
      checkpoint = await create()
    })
    const staged = (): string => {
      const leasesDir = dirname(dirname(lease().workdir))
      const found = readdirSync(leasesDir, {recursive: true, encoding: 'utf8'}).find(path => path.endsWith('tree/src'))
      return join(leasesDir, found ?? 'nothing is staged')
    }
    const fill = async (): Promise<{moved: number; workdir: string; end: () => Promise<void>}> => {
      await lab.server.quiet()
      const before = lab.server.moved()
      cutAt(18_000_000, 1)
      const wish = request()
      const placement = await archive.fork({checkpoint, lease: wish}, context)
      assert.match(warnings.join(), /was lost.*trying again/)
      const end = (): Promise<void> => leases.release({...wish, ...placement}, context)
      return {moved: lab.server.moved() - before, workdir: placement.workdir, end}
    }

    it('is opened again, and what has arrived is not sent a second time', async () => {
      const {moved, workdir, end} = await fill()
      assert.ok(moved < 40_000_000, `${moved} bytes for 30 million`)
      assert.deepEqual(await pictureOf(workdir), await pictureOf(lease().workdir))
      await end()
    })

    it('is opened again, and what is gone or cut off meanwhile is sent once more', async () => {
      meanwhile(() => {
        const dir = staged()
        const [first = '', second = ''] = readdirSync(dir)
        rmSync(join(dir, first))
        truncateSync(join(dir, second), 1000)
      })
      const {workdir, end} = await fill()
      assert.deepEqual(await pictureOf(workdir), await pictureOf(lease().workdir))
      await end()
    })

    it('is opened again, and sends all of it where something looks as it should and is something else', async () => {
      meanwhile(() => {
        const path = arrivedIn(staged(), timesOf(join(lease().workdir, 'src')))[0] ?? 'nothing has arrived'
        const like = join(lab.home, 'like')
        execFileSync('touch', ['-r', path, like])
        writeFileSync(path, randomBytes(1_000_000))
        execFileSync('touch', ['-r', like, path])
      })
      const {moved, workdir, end} = await fill()
      assert.ok(moved > 44_000_000, `${moved} bytes`)
      assert.deepEqual(await pictureOf(workdir), await pictureOf(lease().workdir))
      await end()
    })
  })
})
