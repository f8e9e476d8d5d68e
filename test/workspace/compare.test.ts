import assert from 'node:assert/strict'

import type {Baseline} from '../../src/workspace/baseline-text.js'
import {compareWithBaseline} from '../../src/workspace/compare.js'
import type {Stat} from '../../src/workspace/stat.js'
import {idOf, statOf, statsOfSpecs, treeOf} from '../support/entries.js'

const baselineOf = (stats: readonly Stat[]): Baseline => ({
  checkpoint: idOf(1),
  stats: new Map(stats.map(stat => [stat.path, stat])),
})

describe('comparing a workdir with its baseline', () => {
  const specs = ['a', 'b', 'd/', 'd/x', 'l -> a']
  const then = statsOfSpecs(...specs)
  const changedBy = (path: string, changed: Partial<Stat>): string[] => {
    const now = then.map(stat => (stat.path === path ? {...stat, ...changed} : stat))
    return compareWithBaseline(now, baselineOf(then), treeOf(...specs)).changed.map(stat => stat.path)
  }

  it('finds nothing where nothing was touched', () => {
    const {same, changed} = compareWithBaseline(then, baselineOf(then), treeOf(...specs))
    assert.deepEqual([[...same.keys()], changed], [then.map(stat => stat.path), []])
  })

  it('takes all for changed without a baseline', () => {
    assert.deepEqual(compareWithBaseline(then, null, treeOf(...specs)).changed, then)
  })

  for (const [what, changed] of Object.entries<Partial<Stat>>({
    mode: {mode: 0o600},
    owner: {uid: 7},
    group: {gid: 7},
    size: {size: 1},
    time: {mtime: '1.000000001'},
    'change time': {ctime: '2.000000001'},
    inode: {inode: '1:other'},
    type: {type: 'fifo'},
  })) {
    it(`sees another ${what}`, () => assert.deepEqual(changedBy('a', changed), ['a']))
  }

  it('sees a link that points elsewhere', () => assert.deepEqual(changedBy('l', {target: 'b'}), ['l']))

  it('trusts no change time that was too fresh, then or now', () => {
    assert.deepEqual(changedBy('a', {ctime: ''}), ['a'])
    const fresh = then.map(stat => (stat.path === 'a' ? {...stat, ctime: ''} : stat))
    for (const now of [fresh, then])
      assert.deepEqual(
        compareWithBaseline(now, baselineOf(fresh), treeOf(...specs)).changed.map(s => s.path),
        ['a'],
      )
  })

  it("takes no notice of the root's change time, which every swap moves", () => {
    assert.deepEqual(changedBy('', {ctime: '9.000000000', inode: '1:9'}), [])
    assert.deepEqual(changedBy('', {mtime: '9.000000000'}), [''])
  })

  it('knows what is new, and nothing of what is gone', () => {
    const now = [...then.filter(stat => stat.path !== 'b'), statOf('new')]
    const {changed, same} = compareWithBaseline(now, baselineOf(then), treeOf(...specs))
    assert.deepEqual([changed.map(stat => stat.path), same.has('b')], [['new'], false])
  })

  it('takes all names of a file together', () => {
    const names = ['a', 'b', 'c = a', 'd = a']
    const linked = names.map(spec => statOf(spec, {links: spec === 'b' ? 1 : 3}))
    const now = linked.map(stat => (stat.path === 'c' ? {...stat, mtime: '5.000000000'} : stat))
    const {changed, same} = compareWithBaseline(now, baselineOf(linked), treeOf(...names))
    assert.deepEqual([changed.map(stat => stat.path), [...same.keys()]], [['a', 'c', 'd'], ['b']])
  })

  it('takes what is left of a file for changed when its first name is gone', () => {
    const linked = [statOf('a', {links: 2}), statOf('c = a', {links: 2})]
    const now = [statOf('c = a', {links: 1})]
    const {changed} = compareWithBaseline(now, baselineOf(linked), treeOf('a', 'c = a'))
    assert.deepEqual(
      changed.map(stat => stat.path),
      ['c'],
    )
  })
})
