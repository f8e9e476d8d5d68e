import assert from 'node:assert/strict'

import {release, releasePiece} from '../../../src/workspace/layer/release.js'

const MEGABYTE = 1 << 20

describe('memory that is given back', () => {
  it('is gone at once, with all that lies in it', () => {
    const memory = Buffer.alloc(MEGABYTE)
    const part = memory.subarray(0, 10)
    release(part)
    assert.deepEqual([part.length, memory.length, memory.buffer.byteLength], [0, 0, 0])
  })

  it('is not counted against the garbage collector any more', () => {
    const before = process.memoryUsage().arrayBuffers
    for (let i = 0; i < 64; i++) release(Buffer.alloc(MEGABYTE, 1))
    assert.ok(process.memoryUsage().arrayBuffers - before < 32 * MEGABYTE)
  })

  it('is kept where Node may have put other buffers', () => {
    const small = Buffer.from('some words')
    release(small)
    releasePiece(small)
    assert.equal(small.toString(), 'some words')
  })

  it('of a piece is kept where the piece does not fill it', () => {
    const memory = Buffer.alloc(MEGABYTE, 1)
    releasePiece(memory.subarray(1))
    assert.equal(memory.length, MEGABYTE)
    releasePiece(memory)
    assert.equal(memory.length, 0)
  })
})
