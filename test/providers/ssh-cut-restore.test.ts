import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {randomBytes} from 'node:crypto'
import {chmodSync, linkSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

import {ssh} from '../../src/providers/ssh/index.js'
import type {Archived} from '../support/archive-lab.js'
import {arrivedIn, timesOf} from '../support/arrived.js'
import {cutLab} from '../support/cut-lab.js'
import {pictureOf, type Picture} from '../support/tree.js'

const {restore, undo} = ssh.restores['workspace-archive']

describe('a restore into a workdir with files whose connection is lost', () => {
  const {lab, context, warnings, lease, create, cutAt, meanwhile} = cutLab()
  let checkpoint: Archived
  let times: Map<string, number>
  let wanted: Picture
  let mine: Picture
  const at = (...names: string[]): string => join(lease().workdir, ...names)
  const sidecar = (): string => join(dirname(lease().workdir), '.crabbox-app')
  const request = (): Parameters<typeof restore>[0] => ({
    checkpoint,
    lease: lease(),
    target: lease().workdir,
    dryRun: false,
  })

  beforeEach(async () => {
    mkdirSync(at('src/deep'))
    for (let i = 0; i < 24; i++) writeFileSync(at('src', String(i)), randomBytes(1_000_000))
    for (let i = 0; i < 100; i++) writeFileSync(at('src/deep', `a\n${i}`), `same ${i}`)
    linkSync(at('src/3'), at('src/z'))
    chmodSync(at('src/deep'), 0o555)
    await sleep(50)
    checkpoint = await create()
    times = timesOf(at('src'))
    wanted = await pictureOf(lease().workdir)
    for (let i = 0; i < 24; i++) writeFileSync(at('src', String(i)), randomBytes(900_000))
    writeFileSync(at('src/more'), 'not saved')
    rmSync(at('file'))
    mine = await pictureOf(lease().workdir)
  })

  /** Restores over a connection that is lost after so many bytes, so many times. */
  const restoreCut = async (bytes: number, times: number): Promise<number> => {
    await lab.server.quiet()
    const before = lab.server.moved()
    cutAt(bytes, times)
    await restore(request(), context)
    assert.equal(warnings.filter(text => /was lost.*trying again/.test(text)).length, times)
    assert.deepEqual(await pictureOf(lease().workdir), wanted)
    assert.deepEqual(readdirSync(sidecar()), ['undo'])
    return lab.server.moved() - before
  }

  for (const times of [1, 2]) {
    it(`${times} times goes on with what has arrived, and can be undone`, async () => {
      const moved = await restoreCut(times === 1 ? 18_000_000 : 12_000_000, times)
      assert.ok(moved < 42_000_000, `${moved} bytes for 30 million`)
      writeFileSync(at('src/0'), 'written after the restore')
      await undo({lease: lease(), target: lease().workdir}, context)
      assert.deepEqual(await pictureOf(lease().workdir), mine)
    })
  }

  it('sends all of it where what looks as it should is something else', async () => {
    meanwhile(() => {
      const sent = arrivedIn(join(sidecar(), 'staging/tree/src'), times)
      assert.ok(sent.length > 3, String(sent))
      const first = sent[0] ?? ''
      const like = join(lab.home, 'like')
      execFileSync('touch', ['-r', first, like])
      writeFileSync(first, randomBytes(1_000_000))
      execFileSync('touch', ['-r', like, first])
    })
    const moved = await restoreCut(18_000_000, 1)
    assert.ok(moved > 44_000_000, `${moved} bytes`)
  })

  it('goes by what is there when it goes on', async () => {
    meanwhile(() => {
      // Another file under an old name, one more that is not saved, one less that did not change.
      writeFileSync(at('src/new'), 'while nobody looked')
      renameSync(at('src/5'), at('src/6'))
      chmodSync(at('src/deep'), 0o755)
      rmSync(at('src/deep', 'a\n7'))
      writeFileSync(at('src/deep', 'a\n8'), 'other')
    })
    await restoreCut(18_000_000, 1)
  })

  it('takes no file that is still the one in the workdir', async () => {
    meanwhile(() => {
      // It looks as what was saved, but somebody touched it. The staging directory has a further name of it.
      const path = at('src/deep', 'a\n9')
      assert.equal(statSync(join(sidecar(), 'staging/tree/src/deep/a\n9')).ino, statSync(path).ino)
      execFileSync('touch', ['-r', path, path])
    })
    await restoreCut(18_000_000, 1)
    const [now, before] = [at('src/deep', 'a\n9'), join(sidecar(), 'undo/tree/src/deep', 'a\n9')]
    assert.notEqual(statSync(now).ino, statSync(before).ino)
  })
})
