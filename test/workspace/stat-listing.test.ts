import assert from 'node:assert/strict'

import {parseListing} from '../support/parse-listing.js'
import type {Stat} from '../../src/workspace/stat.js'

const CLOCK = '1795547040 2026-11-24 19:04:00.000000000 +0000'

/** A record of busybox's stat. */
const row = (
  path: string,
  mode: string,
  times = '981173106 2001-02-03 04:05:06.123456789 +0000',
  inode = '1:2',
): string => `${path}//${mode} 7 8 5 ${times} 2026-11-24 19:03:58.500000000 +0000 ${inode} 1 1795547038//\n`

const parse = (...parts: string[]): readonly Stat[] =>
  parseListing(Buffer.from(['c', CLOCK, ...parts].join('\0'), 'latin1')).stats

describe('a listing made by stat', () => {
  it('keeps names apart, whatever they hold', () => {
    const stats = parse(
      row('.', '41ed') + row('./a\nb c', '81a4') + row('./-x\xff/y 1 2', '8fff') + row('./.hidden', '11a4'),
      '',
    )
    assert.deepEqual(
      stats.map(({path, type, mode, size}) => [path, type, mode, size]),
      [
        ['', 'directory', 0o755, 0],
        ['a\nb c', 'file', 0o644, 5],
        ['-x\xff/y 1 2', 'file', 0o7777, 5],
        ['.hidden', 'fifo', 0o644, 0],
      ],
    )
  })

  it('takes link targets as they are, and leaves out links that went away', () => {
    const stats = parse(row('./l', 'a1ff') + row('./gone', 'a1ff'), './l', '../a//b\n\n', '')
    assert.deepEqual(
      stats.map(({path, target, size}) => [path, target, size]),
      [['l', '../a//b\n', 8]],
    )
  })

  it('reads what several calls of find printed', () => {
    const stats = parse(row('./a', '81a4') + row('./l', 'a1ff'), './l', 'x\n', '', row('./b', '81a4'), '')
    assert.deepEqual(
      stats.map(({path}) => path),
      ['a', 'l', 'b'],
    )
  })

  it('counts fractions of seconds before 1970 as the kernel does', () => {
    const times = (seconds: string): string => `${seconds} 1969-12-31 23:59:58.250000000 +0000`
    const stats = parse(row('./a', '81a4', times('-2')) + row('./b', '81a4', times('-1')) + row('./c', '81a4'), '')
    assert.deepEqual(
      stats.map(({mtime}) => mtime),
      ['-1.750000000', '-0.750000000', '981173106.123456789'],
    )
  })

  it('knows change times only once they can be told from later ones', () => {
    const fresh = `./fresh//81a4 7 8 5 1 1970-01-01 00:00:01 +0000 2026-11-24 19:03:59.990000000 +0000 1:2 1 1795547039//\n`
    assert.deepEqual(
      parse(row('./old', '81a4') + fresh, '').map(({ctime}) => ctime),
      ['1795547038.500000000', ''],
    )
  })

  it('names mount points', () =>
    assert.deepEqual(
      parseListing(Buffer.from(`c\0${CLOCK}\0${row('.', '41ed')}${row('./m', '41ed', undefined, '9:1')}\0`)).warnings,
      ['m is a mount point; what is mounted there is not saved'],
    ))

  it('reads the stat of a BSD', () => {
    const text =
      'f\x001795547040.500000000\0.//41ed 0 0 512 1.000000002 3.000000004 77:2 3//\n./a//81a4 501 20 9 5.000000006 -2.500000000 77:5 2//\n\0'
    const [root, file] = parseListing(Buffer.from(text, 'latin1')).stats
    assert.deepEqual(
      [root?.path, root?.type, root?.mtime, root?.ctime],
      ['', 'directory', '1.000000002', '3.000000004'],
    )
    assert.deepEqual(
      [file?.path, file?.mode, file?.uid, file?.gid, file?.size, file?.mtime, file?.ctime, file?.inode, file?.links],
      ['a', 0o644, 501, 20, 9, '5.000000006', '-1.500000000', '77:5', 2],
    )
  })
})
