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
})
