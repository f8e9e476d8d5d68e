import assert from 'node:assert/strict'
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {newCheckpointId} from '../../src/core/ids.js'
import {baselineWriter, encodeBaseline, readBaseline, writeBaseline} from '../../src/workspace/baseline.js'
import type {Stat} from '../../src/workspace/stat.js'

describe('the file that remembers how a workdir looked', () => {
  let dir: string
  beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'crabbox-baseline-'))))
  afterEach(() => rmSync(dir, {recursive: true}))

  const checkpoint = newCheckpointId()
  const file = (): string => join(dir, 'workdir.stats')
  const stat = (path: string, target = ''): Stat => ({
    ...{path, type: target === '' ? 'file' : 'symlink', mode: 0o644, uid: 1, gid: 2, size: 3},
    ...{mtime: '4.000000005', ctime: '', inode: '6:7', links: 1, target},
  })

  // It is read in pieces of 65,536 characters; a link's target is the last field, and empty for most.
  for (const length of [0, 1, 100, 65_000, 65_530, 65_536, 70_000, 140_000]) {
    it(`comes back with a name of ${length} characters among others`, async () => {
      const stats = [stat(''), stat('a', 'target'), stat(`b${'\xff'.repeat(length)}`), stat('c', 'x'), stat('d\n')]
      const many = Array.from({length: 3000}, (_, i) => stat(`many/${i}`))
      for (const all of [stats, [...many, ...stats], [...stats, ...many]]) {
        await writeBaseline(file(), checkpoint, all)
        assert.deepEqual(await readBaseline(file()), {checkpoint, stats: new Map(all.map(one => [one.path, one]))})
      }
    })
  }

  it('is the same where it is made of one file after the other', async () => {
    for (const count of [0, 1, 2000, 9000]) {
      const stats = Array.from({length: count}, (_, i) => stat(`many/\xff${i}`))
      const writer = baselineWriter()
      for (const one of stats) writer.add(one)
      assert.deepEqual(writer.finish(checkpoint), await encodeBaseline(checkpoint, stats))
    }
  })

  it('comes back when it is of nothing', async () => {
    await writeBaseline(file(), checkpoint, [])
    assert.deepEqual(await readBaseline(file()), {checkpoint, stats: new Map()})
  })

  it('counts as none where it is cut off, wherever that is', async () => {
    await writeBaseline(file(), checkpoint, [stat('a'), stat('b', 'target')])
    const whole = readFileSync(file())
    const header = whole.indexOf('\n') + 1
    for (let at = 1; at < whole.length; at++) {
      writeFileSync(file(), whole.subarray(0, at))
      const read = await readBaseline(file())
      // What ends with a field that ends a stat is whole, for all that it says.
      const stats = read === null ? null : [...read.stats.keys()].join()
      assert.ok(read === null || (stats === '' && at === header) || stats === 'a', `${at} bytes: ${stats}`)
    }
  })

  it('counts as none where there is no such file', async () => {
    assert.equal(await readBaseline(file()), null)
  })
})
