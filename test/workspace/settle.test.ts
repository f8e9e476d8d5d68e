import assert from 'node:assert/strict'

import {settleTree} from '../../src/workspace/settle.js'
import {entryOf, treeOf} from '../support/entries.js'

describe('settling what was captured', () => {
  const settled = (...specs: readonly string[]): string[] => [
    ...settleTree(
      new Map(),
      specs.map(spec => entryOf(spec)),
    ).keys(),
  ]

  it('puts a directory before what it holds', () => {
    assert.deepEqual(settled('a/b', 'a/', '/'), ['', 'a', 'a/b'])
  })

  it('drops what a vanished directory held', () => {
    assert.deepEqual(settled('/', 'a/b', 'a/b/c', 'd'), ['', 'd'])
    assert.deepEqual(settled('/', 'a', 'a/b'), ['', 'a'])
  })

  it('drops other names of a file whose first name vanished', () => {
    assert.deepEqual(settled('/', 'a = gone', 'b'), ['', 'b'])
  })

  it('keeps what still holds, and lets what is new win', () => {
    const fresh = entryOf('a', {size: 9})
    const tree = settleTree(treeOf('a', 'b'), [fresh])
    assert.deepEqual([tree.get('a'), [...tree.keys()]], [fresh, ['', 'a', 'b']])
  })

  describe('on top of a tree', () => {
    const before = treeOf('d/', 'd/x', 'd/y = d/x', 'a', 'b', 'l -> a')
    /** What is settled with `before` at hand must be what is settled without. */
    const onTop = (gone: readonly string[], ...specs: readonly string[]): string[] => {
      const fresh = specs.map(spec => entryOf(spec, {size: 9}))
      const out = new Set([...gone, ...fresh.map(({path}) => path)])
      const same = new Map([...before].filter(([path]) => !out.has(path)))
      const tree = settleTree(same, fresh, before)
      assert.deepEqual(new Map([...tree].sort()), new Map([...settleTree(same, fresh)].sort()))
      return [...tree.keys()].sort()
    }
    const all = [...before.keys()].sort()

    it('keeps all where files change and stay', () => assert.deepEqual(onTop([], 'a', 'd/'), all))

    it('drops what is gone', () =>
      assert.deepEqual(
        onTop(['b'], 'a'),
        all.filter(path => path !== 'b'),
      ))

    it('takes in what is new, also for what is gone', () => {
      assert.deepEqual(onTop([], 'd/new'), [...all, 'd/new'].sort())
      assert.deepEqual(onTop(['b'], 'c'), [...all.filter(path => path !== 'b'), 'c'].sort())
    })

    it('drops what a directory held that is a file now', () => {
      assert.deepEqual(
        onTop([], 'd'),
        all.filter(path => !path.startsWith('d/')),
      )
    })

    it('drops the other name of a file that is no file now', () =>
      assert.deepEqual(
        onTop(['d/x']),
        all.filter(path => !path.startsWith('d/')),
      ))

    it('counts nothing twice', () => {
      const same = new Map([...before].filter(([path]) => path !== 'b'))
      assert.equal(settleTree(same, [entryOf('a')], before).has('b'), false)
    })

    it('drops a name that has become one of a file that is not there', () =>
      assert.deepEqual(
        onTop([], 'b = gone'),
        all.filter(path => path !== 'b'),
      ))

    it('takes a name that has become one of another file', () => assert.deepEqual(onTop([], 'a', 'b = a'), all))
  })
})
