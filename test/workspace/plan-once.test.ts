import assert from 'node:assert/strict'

import {selectStats} from '../../src/workspace/excludes.js'
import {planOnce} from '../../src/workspace/plan-once.js'
import {planRestore} from '../../src/workspace/plan.js'
import {statsOfSpecs, treeOf} from '../support/entries.js'

describe('the plan for an empty workdir', () => {
  const empty = selectStats(statsOfSpecs(), [])

  for (const tree of [
    treeOf(),
    treeOf('a'),
    treeOf('a/'),
    treeOf('a/', 'a/b'),
    treeOf('a/', 'a/b', 'c'),
    treeOf('a', 'b = a', 'c -> a'),
    treeOf('a/', 'b/', 'b/c/', 'b/c/d', 'b/c/e = b/c/d', 'z -> a'),
  ])
    it(`is what any other would be: ${[...tree.keys()].join(' ')}`, () => {
      assert.deepEqual(planOnce(empty, tree, new Map()), planRestore(empty, tree, new Map()))
    })

  it('is made once for a tree', () => {
    const tree = treeOf('a/', 'a/b', 'c')
    assert.equal(planOnce(empty, tree, new Map()), planOnce(empty, tree, new Map()))
    const full = selectStats(statsOfSpecs('a/'), [])
    assert.notEqual(planOnce(full, tree, new Map()), planOnce(empty, tree, new Map()))
  })
})
