import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {existsSync, readFileSync} from 'node:fs'
import {cp, rename, rm, symlink} from 'node:fs/promises'
import {join} from 'node:path'

import {FARM} from '../../src/workspace/staging-scripts.js'
import {SEAL, SWAP} from '../../src/workspace/swap-scripts.js'
import {sidecarOf} from '../../src/workspace/sidecar.js'
import {archiveLab} from '../support/archive-lab.js'
import {dieBefore} from '../support/meddle.js'
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

/** What a killed swap may have done last. */
const STEPS = ['mkdir -p', 'move "$staged"', 'move undo old', 'move next undo']
const UNDO_STEPS = ['move "$staged"', 'move undo old']

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
  const dieAt = async (script: string): Promise<void> => {
    const checkpoint = await prepare()
    await killed(script, () => lab().restore(checkpoint))
  }
  const killed = async (script: string, work: () => Promise<unknown>): Promise<void> => {
    lab().wrap = transport => dieBefore(transport, script)
    await assert.rejects(work())
    lab().wrap = transport => transport
  }
  const swapUntil = (mark: string): Buffer => {
    const {workdir} = lab()
    const sidecar = sidecarOf(workdir)
    const owner = readFileSync(join(sidecar, 'next/owner'), 'utf8')
    return execFileSync('sh', ['-c', stoppedAfter(mark), 'crabbox', sidecar, workdir, owner])
  }

  for (const [name, script] of Object.entries({FARM, SEAL, SWAP})) {
    it(`before ${name} leaves the workdir and the kept tree as they were`, async () => {
      const {workdir, recover, undo} = lab()
      await dieAt(script)
      assert.deepEqual(await pictureOf(workdir), mine)
      // Before the first of them nothing was made.
      assert.equal(await recover(), script === FARM ? null : 'given up')
      assert.deepEqual(await pictureOf(workdir), mine)
      await undo()
      assert.equal(execFileSync('cat', [`${workdir}/a/one`], {encoding: 'utf8'}), 'first')
    })
  }

  it('while it sealed the swap is as if it had not begun', async () => {
    const {workdir, recover} = lab()
    await dieAt(SWAP)
    execFileSync('sh', ['-c', 'mkdir -p "$1/next/tree" && rm "$1/next/keep"', 'sh', sidecarOf(workdir)])
    assert.equal(await recover(), 'given up')
    assert.deepEqual(await pictureOf(workdir), mine)
    assert.equal(existsSync(`${sidecarOf(workdir)}/next`), false)
  })

  for (const mark of STEPS) {
    it(`after the line ${mark} of the swap is finished by whoever comes next, and can be undone`, async () => {
      const {workdir, recover, undo} = lab()
      await dieAt(SWAP)
      swapUntil(mark)
      assert.equal(await recover(), 'finished')
      assert.equal(await recover(), null)
      assert.deepEqual(await pictureOf(workdir), wanted)
      await undo()
      assert.deepEqual(await pictureOf(workdir), mine)
    })
  }

  it('when a file had been copied aside is finished by whoever comes next, and can be undone', async () => {
    const {workdir, write, create, restore, recover, undo} = lab()
    for (const name of ['f', 'g']) await write(name, 'saved')
    const {checkpoint} = await create()
    await write('f', 'mine')
    await killed(SWAP, () => restore(checkpoint))
    swapUntil('twin "$live"')
    assert.equal(readFileSync(join(workdir, 'f'), 'utf8'), 'mine')
    assert.equal(await recover(), 'finished')
    assert.equal(readFileSync(join(workdir, 'f'), 'utf8'), 'saved')
    await undo()
    assert.equal(readFileSync(join(workdir, 'f'), 'utf8'), 'mine')
  })

  for (const mark of UNDO_STEPS) {
    it(`in its undo, after the line ${mark}, is finished too, and can be undone`, async () => {
      const {workdir, restore, recover, undo} = lab()
      await restore(await prepare())
      await killed(SWAP, undo)
      swapUntil(mark)
      assert.equal(await recover(), 'finished')
      assert.deepEqual(await pictureOf(workdir), mine)
      await undo()
      assert.deepEqual(await pictureOf(workdir), wanted)
    })
  }

  it('once it was sealed is not finished through a link, and given up where nothing was moved yet', async () => {
    const {workdir, write, create, restore, recover} = lab()
    for (const name of ['f', 'g']) await write(`a/b/${name}`, 'saved')
    const {checkpoint} = await create()
    for (const name of ['f', 'g']) await write(`a/b/${name}`, 'mine')
    await killed(SWAP, () => restore(checkpoint))
    swapUntil(': > next/sealed')
    const [place, moved, elsewhere] = ['a', '../moved', '../elsewhere'].map(path => join(workdir, path)) as [
      string,
      string,
      string,
    ]
    await rename(place, moved)
    await cp(moved, elsewhere, {recursive: true})
    await symlink(elsewhere, place)
    const untouched = await pictureOf(elsewhere)
    await assert.rejects(recover(), {code: 'WORKDIR_MOVED', kind: 'busy'})
    assert.deepEqual(await pictureOf(elsewhere), untouched)
    await rm(place)
    await rename(moved, place)
    await recover()
    assert.equal(readFileSync(join(place, 'b/f'), 'utf8'), 'mine')
    await restore(checkpoint)
    assert.equal(readFileSync(join(place, 'b/f'), 'utf8'), 'saved')
  })
})
