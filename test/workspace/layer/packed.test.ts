import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {createHash, randomBytes} from 'node:crypto'
import {Readable} from 'node:stream'

import {BrokenOff} from '../../../src/workspace/layer/broken-off.js'
import {FRAME_BYTES} from '../../../src/workspace/layer/descriptor.js'
import {storePacked} from '../../../src/workspace/layer/packed.js'
import {createLayerWriter} from '../../../src/workspace/layer/writer.js'
import {hasProgram} from '../../support/path.js'
import {temporaryDirectory} from '../../support/temporary.js'

const zstd = (raw: Buffer): Buffer => execFileSync('zstd', ['-q', '-1', '-c'], {input: raw, maxBuffer: 1 << 28})

describe('a stream of frames that is stored', function () {
  if (!hasProgram('zstd')) return
  const directory = temporaryDirectory()
  const frame = zstd(Buffer.alloc(FRAME_BYTES, 'a'))
  const damaged = Buffer.from(zstd(randomBytes(5000)))
  damaged.writeUInt8(damaged.readUInt8(2000) ^ 1, 2000)

  /** Stores these frames, and what is lost behind them. Answers with how many bytes were in those that came. */
  const store = async (frames: readonly Buffer[], lost: Buffer | null): Promise<number> => {
    const layer = await createLayerWriter(directory(), 'chk_00')
    let bytes = 0
    const stream = (async function* () {
      yield* frames
      if (lost === null) return
      yield lost
      throw new Error('the connection is lost')
    })()
    try {
      await storePacked(stream, layer, directory(), raw => void (bytes += raw.length))
    } catch (error) {
      throw Object.assign(error as Error, {bytes})
    } finally {
      await layer.discard()
    }

    return bytes
  }

  it('is given out', async () => assert.equal(await store([frame, zstd(Buffer.alloc(5))], null), FRAME_BYTES + 5))

  it('is given out where a host makes small frames, of which several are one of ours', async () => {
    const small = zstd(Buffer.alloc(FRAME_BYTES / 4, 'b'))
    const layer = await createLayerWriter(directory(), 'chk_01')
    const taken = createHash('sha256')
    const stream = Readable.from([...Array<Buffer>(5).fill(small), zstd(Buffer.alloc(7))])
    await storePacked(stream, layer, directory(), raw => taken.update(raw))
    const {frames, bytes} = await layer.finish()
    assert.deepEqual([frames.length, bytes], [2, 5 * small.length + zstd(Buffer.alloc(7)).length])
    const whole = Buffer.concat([Buffer.alloc((5 * FRAME_BYTES) / 4, 'b'), Buffer.alloc(7)])
    assert.equal(taken.digest('hex'), createHash('sha256').update(whole).digest('hex'))
  })

  it('is not taken further where its frames are so small that keeping track of them would fill the memory', async () => {
    const tiny = Array<Buffer>(200).fill(zstd(Buffer.alloc(10)))
    await assert.rejects(store(tiny, null), {
      message: 'the stream broke off',
      cause: new Error('its frames are too small'),
    })
  })

  it('is good up to where it broke off', async () => {
    const error = await store([frame, frame], frame.subarray(0, 100)).catch((reason: unknown) => reason)
    assert.ok(error instanceof BrokenOff && 'bytes' in error)
    assert.equal(error.bytes, 2 * FRAME_BYTES)
  })

  for (const [what, bad] of Object.entries({damaged, 'too short': zstd(Buffer.alloc(FRAME_BYTES / 2))}))
    it(`is not good where it broke off behind a frame that is ${what}`, async () => {
      for (const lost of [null, frame.subarray(0, 100)])
        await assert.rejects(store([frame, bad, frame], lost), {code: 'TRANSFER_CORRUPT'})
    })
})
