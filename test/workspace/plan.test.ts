import assert from 'node:assert/strict'

import type {Baseline} from '../../src/workspace/baseline-text.js'
import {compareWithBaseline} from '../../src/workspace/compare.js'
import type {Entry, Tree} from '../../src/workspace/entry.js'
import {selectStats} from '../../src/workspace/excludes.js'
import {refuseMounts} from '../../src/workspace/mounted.js'
import {planRestore, type RestorePlan} from '../../src/workspace/plan.js'
import type {Stat} from '../../src/workspace/stat.js'
import {entryOf, idOf, statOf, statsOfSpecs, treeOf} from '../support/entries.js'

const WANTED = ['a/', 'a/one', 'a/two', 'b/', 'b/c/', 'b/c/three', 'a2', 'top']

/** The plan for a workdir that was equal to WANTED and then lost and gained some paths. */
function planFor(
  change: {lost?: readonly string[]; gained?: readonly string[]},
  excludes: readonly string[] = [],
): RestorePlan {
  const {lost = [], gained = []} = change
  const all = statsOfSpecs(...WANTED)
  const now = [...all.filter(stat => !lost.includes(stat.path)), ...gained.map(spec => statOf(spec))]
  const baseline = {checkpoint: idOf(1), stats: new Map(all.map(stat => [stat.path, stat]))}
  return planAfter(now, baseline, treeOf(...WANTED), excludes)
}

/** The plan for a workdir that was equal to a tree. */
function planAfter(
  now: readonly Stat[],
  baseline: Baseline,
  tree: Tree,
  excludes: readonly string[] = [],
): RestorePlan {
  const selection = selectStats(now, excludes)
  return planRestore(selection, tree, compareWithBaseline(selection.kept, baseline, tree).same)
}

const paths = (entries: readonly Entry[]): string[] => entries.map(entry => entry.path).sort()

describe('the plan of a restore', () => {
  it('is empty where nothing differs', () => {
    const {unit, send, remove, directories, unchanged} = planFor({})
    assert.deepEqual([unit, send, remove, directories, unchanged], [null, [], [], [], 9])
  })

  it('replaces one file alone', () => {
    const {unit, send, remove, directories} = planFor({lost: ['a/one']})
    assert.deepEqual([unit, paths(send), remove, paths(directories)], ['a/one', ['a/one'], [], ['a']])
  })

  it('replaces the directory that holds all changes, and takes over the rest of it', () => {
    const {unit, send, remove, expected} = planFor({lost: ['a/one'], gained: ['a/new']})
    assert.deepEqual([unit, paths(send), remove], ['a', ['a', 'a/one'], ['a/new']])
    assert.deepEqual(paths(expected), ['a', 'a/one', 'a/two'])
  })

  it('brings a lost directory back as one', () => {
    const {unit, send, remove, directories} = planFor({lost: ['b', 'b/c', 'b/c/three']})
    assert.deepEqual([unit, paths(send), remove, paths(directories)], ['b', ['b', 'b/c', 'b/c/three'], [], ['']])
  })

  it('only removes where something was only added', () => {
    const {unit, send, expected, remove, gone, directories} = planFor({gained: ['new/', 'new/x']})
    assert.deepEqual([unit, send, expected, remove, gone], ['new', [], [], ['new/x', 'new'], ['new', 'new/x']])
    assert.deepEqual(paths(directories), [''])
  })

  it('is about the whole where changes lie everywhere', () => {
    const {unit, send, directories} = planFor({lost: ['a/one', 'top']})
    assert.deepEqual([unit, paths(send), directories], ['', ['', 'a', 'a/one', 'top'], []])
  })

  it('does not take a neighbour whose name begins alike for a part of the unit', () => {
    const {unit, expected} = planFor({lost: ['a/one'], gained: ['a.txt', 'a3/']})
    assert.equal(unit, '')
    assert.equal(expected.length, 9)
    assert.deepEqual(paths(planFor({lost: ['a/one', 'a/two']}).expected), ['a', 'a/one', 'a/two'])
  })

  it('sends everything where nothing is known', () => {
    const {unit, send, remove} = planRestore({kept: [], excluded: []}, treeOf(...WANTED), new Map())
    assert.deepEqual([unit, send.length, remove], ['', 9, []])
  })

  it('removes children before the directory that holds them', () => {
    const {remove} = planFor({gained: ['x/', 'x/y/', 'x/y/z', 'x.y', 'x/a']})
    for (const path of remove) {
      const parent = remove.indexOf(path.slice(0, path.lastIndexOf('/')))
      assert.ok(parent === -1 || parent > remove.indexOf(path), path)
    }
  })

  it('keeps what is left out of checkpoints, and the directories around it', () => {
    const gained = ['new/', 'new/deep/', 'new/deep/x.log', 'new/deep/y', 'new/other/']
    const {gone, remove} = planFor({gained}, ['*.log'])
    assert.deepEqual(gone, ['new/deep/y', 'new/other'])
    assert.deepEqual(remove, ['new/other', 'new/deep/y'])
  })

  it('refuses to replace a directory that shelters such files by something else', () => {
    const gained = ['top/', 'top/x.log']
    assert.throws(() => planFor({lost: ['top'], gained}, ['*.log']), {code: 'EXCLUDED_IN_THE_WAY', kind: 'busy'})
    assert.throws(() => planFor({lost: ['top'], gained: ['top/']}, ['top/']), {code: 'EXCLUDED_IN_THE_WAY'})
  })

  it('refuses to replace mount points', () => {
    const mount = statOf('b/data/', {inode: '2:1'})
    const now = [...statsOfSpecs(...WANTED), mount]
    assert.throws(() => refuseMounts(now, []), {code: 'TARGET_HAS_MOUNTS', kind: 'busy'})
  })

  it('takes the names of one file together', () => {
    const wanted = new Map([...treeOf('a'), ['c', entryOf('c = a')]])
    const all = [...statsOfSpecs('a'), statOf('c = a')]
    const baseline = {checkpoint: idOf(1), stats: new Map(all.map(stat => [stat.path, stat]))}
    const now = [...statsOfSpecs('a'), statOf('c = a', {inode: '1:9'})]
    assert.deepEqual(paths(planAfter(now, baseline, wanted).changes), ['a', 'c'])
  })
})
