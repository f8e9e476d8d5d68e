import assert from 'node:assert/strict'
import {randomBytes} from 'node:crypto'

import {codecFor, preferredCompression} from '../../../src/workspace/layer/codec.js'
import {temporaryDirectory} from '../../support/temporary.js'

describe('a codec', () => {
  const directory = temporaryDirectory()
  for (const compression of ['gz', 'zst'] as const) {
    it(`unpacks several frames of ${compression} in a row, and no more than it was told to`, async function () {
      if (compression === 'zst' && preferredCompression() !== 'zst') this.skip()
      const parts = [randomBytes(70_000), Buffer.alloc(50_000, 'x'), randomBytes(3)]
      const bytes = parts.reduce((sum, {length}) => sum + length, 0)
      await using codec = open(compression, directory(), bytes)
      const packed = Buffer.concat(await Promise.all(parts.map(codec.compress)))
      assert.ok((await codec.decompress(packed)).equals(Buffer.concat(parts)))
      await using tight = open(compression, directory(), 100_000)
      await assert.rejects(tight.decompress(packed))
      await using full = open(compression, directory(), 512)
      const beyond = await Promise.all([randomBytes(512), randomBytes(1)].map(full.compress))
      await assert.rejects(full.decompress(Buffer.concat(beyond)))
    })
  }
})

function open(compression: 'gz' | 'zst', directory: string, limit: number) {
  const codec = codecFor(compression, directory, limit)
  return {...codec, [Symbol.asyncDispose]: codec.close}
}
