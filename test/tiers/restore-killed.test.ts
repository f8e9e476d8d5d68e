import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {existsSync} from 'node:fs'

import type {Transport} from '../../src/core/transport.js'
import {FARM} from '../../src/workspace/staging-scripts.js'
import {SWAP} from '../../src/workspace/swap-scripts.js'
import {sidecarOf} from '../../src/workspace/sidecar.js'
import {archiveLab} from '../support/archive-lab.js'
import {dieBefore, dieIn} from '../support/meddle.js'
import {pictureOf, type Picture} from '../support/tree.js'

/** The swap, ended after its first line that contains `mark`. */
function stoppedAfter(mark: string): string {
  const lines = SWAP.split('\n')
  const end = lines.findIndex(line => line.includes(mark))
  assert.notEqual(end, -1, `no line holds ${mark}`)
  // A continued `if` would not let go before its end.
  const stop = lines[end]?.startsWith('  if ') === true ? '  exit 0; elif false; then :' : 'exit 0'
  return [...lines.slice(0, end + 1), stop, ...lines.slice(end + 1)].join('\n')
}

/** What one may have done last that was not sealed. */
const SEAL_STEPS = ['mkdir next', 'next/keep', 'cat > next/input', 'next/meta.json', 'next/existed', 'rm -f next/input']

/** What one may have done last that was. */
const STEPS = ['mkdir -p', 'twin "$live"', 'move "$staged"', 'move undo old', 'move next undo']
const UNDO_STEPS = ['move "$staged"', 'move undo old']

type Wrap = (transport: Transport) => Transport

describe('a restore that was killed', () => {
  const lab = archiveLab()
  let wanted: Picture
  let mine: Picture

  const prepare = async (): Promise<Parameters<ReturnType<typeof lab>['restore']>[0]> => {
    const {workdir, write, create, restore} = lab()
    for (const path of ['a/one', 'a/two', 'b/three']) await write(path, path)
    wanted = await pictureOf(workdir)
    const {checkpoint} = await create()
    await write('a/one', 'first')
    await restore(checkpoint)
    await write('a/one', 'mine')
    // The first restore knew this one to be equal to the checkpoint.
    await write('a/two', 'mine')
    await write('b/new', 'mine too')
    mine = await pictureOf(workdir)
    return checkpoint
  }
  const killed = async (kill: Wrap, work: () => Promise<unknown>): Promise<void> => {
    lab().wrap = kill
    await assert.rejects(work())
    lab().wrap = transport => transport
  }
  const dieAt = async (kill: Wrap): Promise<void> => {
    const checkpoint = await prepare()
    await killed(kill, () => lab().restore(checkpoint))
  }
  const swapUntil =
    (mark: string): Wrap =>
    transport =>
      dieIn(transport, SWAP, stoppedAfter(mark))

  for (const [name, script] of Object.entries({FARM, SWAP})) {
    it(`before ${name} leaves the workdir and the kept tree as they were`, async () => {
      const {workdir, recover, undo} = lab()
      await dieAt(transport => dieBefore(transport, script))
      assert.deepEqual(await pictureOf(workdir), mine)
      await recover()
      assert.deepEqual(await pictureOf(workdir), mine)
      await undo()
      assert.equal(execFileSync('cat', [`${workdir}/a/one`], {encoding: 'utf8'}), 'first')
    })
  }

  for (const mark of SEAL_STEPS) {
    it(`after the line ${mark}, while the swap is sealed, is as if it had not begun`, async () => {
      const {workdir, recover, undo} = lab()
      await dieAt(swapUntil(mark))
      assert.deepEqual(await pictureOf(workdir), mine)
      await recover()
      assert.deepEqual(await pictureOf(workdir), mine)
      assert.equal(existsSync(`${sidecarOf(workdir)}/next`), false)
      await undo()
      assert.equal(execFileSync('cat', [`${workdir}/a/one`], {encoding: 'utf8'}), 'first')
    })
  }

  for (const mark of STEPS) {
    it(`after the line ${mark} of the swap is finished by whoever comes next, and can be undone`, async () => {
      const {workdir, recover, undo} = lab()
      await dieAt(swapUntil(mark))
      await recover()
      await recover()
      assert.deepEqual(await pictureOf(workdir), wanted)
      await undo()
      assert.deepEqual(await pictureOf(workdir), mine)
    })
  }

  for (const mark of UNDO_STEPS) {
    it(`in its undo, after the line ${mark}, is finished too, and can be undone`, async () => {
      const {workdir, restore, recover, undo} = lab()
      await restore(await prepare())
      await killed(swapUntil(mark), undo)
      await recover()
      assert.deepEqual(await pictureOf(workdir), mine)
      await undo()
      assert.deepEqual(await pictureOf(workdir), wanted)
    })
  }
})
