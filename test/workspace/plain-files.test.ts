import assert from 'node:assert/strict'

import {plainInBatches} from '../../src/workspace/dialect/plain-batches.js'
import {plainAmong} from '../../src/workspace/plain-files.js'

describe('what a listing of tar says of files', () => {
  const files = [{size: 2}, {size: 3000}, {size: 512}]
  const read = (printed: string): boolean[] => plainAmong(printed, files)

  it('tells those with attributes, ACLs and labels from the others', () => {
    assert.deepEqual(read('2 \n6 \n15 \n17f\n'), [true, true, true])
    assert.deepEqual(read('2*\n6+\n15.\n17f\n'), [false, false, false])
  })

  it('tells those with holes', () => assert.deepEqual(read('2 \n6 \n12 \n14f\n'), [true, false, true]))

  it('is not believed of any file when it is not about all of them', () => {
    const none = [false, false, false]
    assert.deepEqual(read('2 \n6 \n17f\n'), none)
    assert.deepEqual(read('2 \n6 \n15 \n'), none)
    assert.deepEqual(read('2 \nh6\n15 \n17f\n'), none)
    assert.deepEqual(read('2 \n6 \n15 \n17 \n19f\n'), none)
    assert.deepEqual(read(''), none)
  })
})

describe('what is said of some files at a time', () => {
  it('is said of each of them', () =>
    assert.deepEqual(plainInBatches('2 plain\n1 more\n1 plain\n', 4), [true, true, false, true]))

  it('is not believed of any file when it is not about all of them', () => {
    assert.deepEqual(plainInBatches('2 plain\n', 3), [false, false, false])
    assert.deepEqual(plainInBatches('2 plain\n2 plain\n', 3), [false, false, false])
    assert.deepEqual(plainInBatches('2 plain\n1 pla', 3), [false, false, false])
    assert.deepEqual(plainInBatches('', 0), [])
  })
})
