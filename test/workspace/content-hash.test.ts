import assert from 'node:assert/strict'
import {createHash, randomBytes} from 'node:crypto'

import {contentHash} from '../../src/workspace/content-hash.js'

describe('the hash of a file that comes in pieces', () => {
  const content = contentHash()
  const of = (...pieces: readonly Buffer[]): string =>
    pieces.reduce((hash, piece) => hash.update(piece), createHash('sha256')).digest('hex')

  it('is the same whether it comes in one, in several or in none', () => {
    const [one, other] = [randomBytes(700), randomBytes(300)]
    content.begin({size: 1000})
    content.data(Buffer.concat([one, other]))
    assert.equal(content.digest(), of(one, other))

    content.begin({size: 1000})
    content.data(one)
    content.data(other)
    assert.equal(content.digest(), of(one, other))

    content.begin({size: 0})
    assert.equal(content.digest(), of())
  })

  it('has holes as zeros, wherever they are', () => {
    const piece = randomBytes(512)
    content.begin({size: 2_000_512})
    content.hole(2_000_000)
    content.data(piece)
    assert.equal(content.digest(), of(Buffer.alloc(2_000_000), piece))

    content.begin({size: 612})
    content.data(piece)
    content.hole(100)
    assert.equal(content.digest(), of(piece, Buffer.alloc(100)))
  })
})
