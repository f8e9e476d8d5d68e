import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {cp, rename, rm, symlink} from 'node:fs/promises'
import {join} from 'node:path'

import {FARM} from '../../src/workspace/staging-scripts.js'
import {SEAL, SWAP} from '../../src/workspace/swap-scripts.js'
import {sidecarOf} from '../../src/workspace/sidecar.js'
import {archiveLab, type Archived} from '../support/archive-lab.js'
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
const STEPS = ['else opened "$live"', 'move "$staged"', 'move undo old', 'move next undo']
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

  it('before anything had left its place is given up by whoever comes next', async () => {
    const {workdir, recover, restore} = lab()
    const checkpoint = await prepare()
    await killed(SWAP, () => restore(checkpoint))
    swapUntil('mkdir -p')
    assert.equal(await recover(), 'given up')
    assert.deepEqual(await pictureOf(workdir), mine)
    await restore(checkpoint)
    assert.deepEqual(await pictureOf(workdir), wanted)
  })

  describe('when it had put a file aside', () => {
    const {file, read, begin} = {
      file: (): string => join(lab().workdir, 'f'),
      read: (): string => readFileSync(join(lab().workdir, 'f'), 'utf8'),
      begin: async (): Promise<Archived> => {
        const {write, create, restore} = lab()
        for (const name of ['f', 'g']) await write(name, 'saved')
        const {checkpoint} = await create()
        await write('f', 'mine')
        await killed(SWAP, () => restore(checkpoint))
        swapUntil('twin "$live"')
        assert.equal(read(), 'mine')
        return checkpoint
      },
    }

    it('is given up by whoever comes next, with what was written to it since', async () => {
      const checkpoint = await begin()
      writeFileSync(file(), 'mine, later')
      assert.equal(await lab().recover(), 'given up')
      assert.equal(read(), 'mine, later')
      await lab().restore(checkpoint)
      assert.equal(read(), 'saved')
    })

    it('touches nothing that has taken its place since, says so, and is given up or finished once that is gone', async () => {
      await begin()
      writeFileSync(`${file()}.new`, 'another')
      await rename(`${file()}.new`, file())
      for (const work of [lab().recover, lab().create, lab().undo])
        await assert.rejects(work(), {
          code: 'RESTORE_UNFINISHED',
          message: /moved \S+\/f aside, and that was made anew/,
        })
      assert.equal(read(), 'another')
      await rename(file(), `${file()}.mine`)
      assert.equal(await lab().recover(), 'finished')
      assert.deepEqual([read(), readFileSync(`${file()}.mine`, 'utf8')], ['saved', 'another'])
      await lab().undo()
      assert.equal(read(), 'mine')
    })
  })

  it('when it had moved a directory that was made anew since touches nothing, says so, and is finished once that is gone', async () => {
    const {workdir, write, create, restore, recover, undo} = lab()
    for (const name of ['f', 'g', 'h']) await write(`a/${name}`, 'saved')
    await write('b', 'saved')
    const {checkpoint} = await create()
    for (const name of ['f', 'g']) await write(`a/${name}`, 'mine')
    await killed(SWAP, () => restore(checkpoint))
    swapUntil('else opened "$live"')
    assert.equal(existsSync(join(workdir, 'a')), false)
    await write('a/f', 'another')
    await assert.rejects(recover(), {code: 'RESTORE_UNFINISHED', hint: /Move it to another name/})
    await assert.rejects(create(), {code: 'RESTORE_UNFINISHED'})
    assert.equal(readFileSync(join(workdir, 'a/f'), 'utf8'), 'another')
    await rename(join(workdir, 'a'), join(workdir, 'mine'))
    assert.equal(await recover(), 'finished')
    assert.equal(readFileSync(join(workdir, 'a/f'), 'utf8'), 'saved')
    await undo()
    assert.equal(readFileSync(join(workdir, 'a/f'), 'utf8'), 'mine')
    assert.equal(readFileSync(join(workdir, 'mine/f'), 'utf8'), 'another')
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

  it('when something new had taken its place is no mere beginning, wherever that was moved to since', async () => {
    const {workdir, write, create, restore, recover} = lab()
    for (const name of ['a/keep', 'a/n', 'b']) await write(name, 'saved')
    const {checkpoint} = await create()
    await rm(join(workdir, 'a/n'))
    await killed(SWAP, () => restore(checkpoint))
    swapUntil('move "$staged"')
    await rename(join(workdir, 'a'), join(workdir, 'moved'))
    await assert.rejects(recover(), {code: 'WORKDIR_MOVED'})
    await rename(join(workdir, 'moved'), join(workdir, 'a'))
    assert.equal(await recover(), 'finished')
    assert.equal(readFileSync(join(workdir, 'a/n'), 'utf8'), 'saved')
  })

  it('once it was sealed is given up through no link', async () => {
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
    assert.equal(await recover(), 'given up')
    assert.deepEqual(await pictureOf(elsewhere), untouched)
    await rm(place)
    await rename(moved, place)
    assert.equal(readFileSync(join(place, 'b/f'), 'utf8'), 'mine')
    await restore(checkpoint)
    assert.equal(readFileSync(join(place, 'b/f'), 'utf8'), 'saved')
  })
})
