import assert from 'node:assert/strict'
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {newCheckpointId} from '../../src/core/ids.js'
import {decodeBaseline, encodeListing} from '../../src/workspace/baseline-text.js'
import {readBaseline, writeBaseline} from '../../src/workspace/baseline.js'
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

  it('comes back from what a host has printed', async () => {
    for (const count of [1, 2000]) {
      const paths = ['', ...Array.from({length: count}, (_, i) => `many-\xff-${i}`)]
      const all = paths.map(path => ({...stat(path), type: path === '' ? ('directory' as const) : ('file' as const)}))
      const records = all.map(({path, type, size}) =>
        [path, type.charAt(0), '644', 1, 2, size, '4.0000000050', '5.0000000000', '6:7', 1, '', ''].join('\0'),
      )
      const output = Buffer.from(`9.0\0${records.join('')}`, 'latin1')
      const {length} = encodeListing(checkpoint, [])
      const file = encodeListing(checkpoint, [output.subarray(0, 10), output.subarray(10)])
      const read = await decodeBaseline(file)
      assert.equal(read?.checkpoint, checkpoint)
      const known = all.map(one => ({...one, ctime: '5.000000000', size: one.type === 'file' ? 3 : 0}))
      assert.deepEqual(read.stats, new Map(known.map(one => [one.path, one])))
      const ends = new Set([length, ...records.map((_, i) => length + 4 + records.slice(0, i + 1).join('').length)])
      for (let at = length + 1; at < Math.min(file.length, 400); at++)
        if (!ends.has(at)) assert.equal(await decodeBaseline(file.subarray(0, at)), null, `${at} bytes`)
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
