import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {randomBytes, randomInt} from 'node:crypto'

import {zstdFrames} from '../../../src/workspace/layer/zstd-frames.js'
import {hasProgram} from '../../support/path.js'

const CONTENTS = [
  Buffer.alloc(0),
  Buffer.from('a'),
  Buffer.alloc(255, 'x'),
  Buffer.alloc(256, 'y'),
  Buffer.alloc(70_000, 'ab'),
  Buffer.alloc(5_000_000, 'hello world'),
  randomBytes(300_000),
  Buffer.concat([randomBytes(1000), Buffer.alloc(400_000)]),
]
const OPTIONS = [['-1'], ['-1', '--no-check'], ['-3', '--single-thread'], ['-19']]

async function framesOf(chunks: readonly Buffer[], limit = 1e9): Promise<Buffer[]> {
  const frames: Buffer[] = []
  for await (const frame of zstdFrames(asStream(chunks), limit)) frames.push(frame)
  return frames
}

async function* asStream(chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks
}

describe('a stream of zstd frames, where there is zstd to make them', () => {
  before(function () {
    if (!hasProgram('zstd')) this.skip()
  })
  const pack = (input: Buffer, args: readonly string[]): Buffer =>
    execFileSync('zstd', ['-q', '-c', ...args], {input, maxBuffer: 1e8})
  const unpack = (input: Buffer): Buffer => execFileSync('zstd', ['-q', '-d', '-c'], {input, maxBuffer: 1e8})
  const sized = (input: Buffer): Buffer => pack(input, ['-1', `--stream-size=${input.length}`])

  it('is cut into its frames, however it comes', async () => {
    const frames = CONTENTS.flatMap(input => [...OPTIONS.map(args => pack(input, args)), sized(input)])
    const whole = Buffer.concat(frames)
    for (const most of [whole.length, 1, 7, 1000, 100_000]) {
      const chunks: Buffer[] = []
      for (let at = 0; at < whole.length;) {
        const chunk = whole.subarray(at, at + randomInt(most) + 1)
        chunks.push(chunk)
        at += chunk.length
      }

      const found = await framesOf(most === whole.length ? [whole] : chunks)
      assert.deepEqual(
        found.map(frame => frame.toString('hex')),
        frames.map(frame => frame.toString('hex')),
      )
    }
  })

  it('is cut where pzstd made it, without what stands between the frames', async function () {
    if (!hasProgram('pzstd')) this.skip()
    const content = Buffer.concat([randomBytes(20_000), Buffer.alloc(7_000_000, 'hello world')])
    const whole = execFileSync('pzstd', ['-q', '-1', '-c'], {input: content, maxBuffer: 1e8})
    for (const most of [whole.length, 1, 7, 100_000]) {
      const chunks: Buffer[] = []
      for (let at = 0; at < whole.length; at += most) chunks.push(whole.subarray(at, at + most))
      const found = await framesOf(chunks)
      assert.equal(found.length, 4)
      assert.ok(Buffer.concat(found.map(unpack)).equals(content))
    }
  })

  it('is refused when it ends too soon, is something else, or has a frame that is too large', async () => {
    const frame = pack(randomBytes(10_000), ['-1'])
    await assert.rejects(framesOf([frame, frame.subarray(0, -1)]), /incomplete/)
    await assert.rejects(framesOf([Buffer.from([0x50, 0x2a, 0x4d, 0x18, 9, 0, 0, 0, 1])]), /incomplete/)
    await assert.rejects(framesOf([Buffer.from('Welcome to this host!\n'), frame]), /not compressed with zstd/)
    await assert.rejects(framesOf([frame.subarray(0, 5000), frame.subarray(5000)], 9000), /too large/)
  })

  it('is empty when nothing comes', async () => assert.deepEqual(await framesOf([]), []))
})
