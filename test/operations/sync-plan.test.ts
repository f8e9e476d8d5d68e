import assert from 'node:assert/strict'

import type {LocalFile} from '../../src/operations/checkout-files.js'
import {planSync} from '../../src/operations/sync-plan.js'
import type {Synced} from '../../src/operations/synced.js'
import type {Stat} from '../../src/workspace/stat.js'

const bytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')
const local = (path: string, more: Partial<LocalFile> = {}): LocalFile => ({
  path,
  type: 'file',
  mode: 0o644,
  size: 3,
  mtime: '5.000000001',
  changed: '7',
  target: '',
  ...more,
})
const stat = (path: string, more: Partial<Stat> = {}): Stat =>
  ({path: bytes(path), type: 'file', mode: 0o644, size: 3, mtime: '5.000000001', target: '', ...more}) as Stat

describe('planSync', () => {
  const plan = (
    files: LocalFile[],
    stats: Stat[],
    before: string[] | Synced = [],
  ): {send: string[]; remove: string[]} => {
    const {send, remove} = planSync(
      files,
      stats,
      Array.isArray(before) ? new Map(before.map(path => [path, ''])) : before,
      (found, wanted) => found === wanted,
    )
    return {send: send.map(({path}) => path), remove: [...remove].sort()}
  }

  it('sends nothing that is there already, in any alphabet', () => {
    assert.deepEqual(plan([local('ü/ß')], [stat('ü', {type: 'directory'}), stat('ü/ß')]), {send: [], remove: []})
  })

  for (const [what, more] of [
    ['size', {size: 4}],
    ['time', {mtime: '5.000000002'}],
    ['executable bit', {mode: 0o744}],
  ] as const) {
    it(`sends a file whose ${what} differs`, () =>
      assert.deepEqual(plan([local('a')], [stat('a', more)]), {send: ['a'], remove: []}))
  }

  it('sends a file that was written to since it was sent, whatever its time and size are', () => {
    const [files, there] = [[local('a')], [stat('a')]]
    assert.deepEqual(plan(files, there, new Map([['a', '6']])), {send: ['a'], remove: []})
    for (const before of ['7', '']) assert.deepEqual(plan(files, there, new Map([['a', before]])).send, [])
  })

  it('takes no notice of mode bits that git does not keep', () =>
    assert.deepEqual(plan([local('a')], [stat('a', {mode: 0o600})]), {send: [], remove: []}))

  it('compares links by where they point', () => {
    const link = local('l', {type: 'symlink', target: 'ä'})
    assert.deepEqual(plan([link], [stat('l', {type: 'symlink', target: bytes('ä'), mtime: '9.0'})]), {
      send: [],
      remove: [],
    })
    assert.deepEqual(plan([link], [stat('l', {type: 'symlink', target: 'b'})]), {send: ['l'], remove: []})
  })

  it('removes what an earlier sync brought, and nothing else', () => {
    const there = [stat('mine'), stat('gone'), stat('now-a-directory', {type: 'directory'})]
    assert.deepEqual(plan([], there, ['gone', 'gone-already', 'now-a-directory']), {send: [], remove: ['gone']})
  })

  it('clears the way first: a directory for a file, a file or a link for a directory', () => {
    const files = [local('a'), local('b/c/d'), local('e/f')]
    const there = [stat('a', {type: 'directory'}), stat('b', {type: 'symlink', target: '/etc'}), stat('e')]
    assert.deepEqual(plan(files, there), {send: ['a', 'b/c/d', 'e/f'], remove: ['a', 'b', 'e']})
  })
})
