import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {randomBytes} from 'node:crypto'

import {FRAME_BYTES} from '../../../src/workspace/layer/descriptor.js'
import {markReader, plainFrame} from '../../../src/workspace/layer/marked.js'
import type {Unit} from '../../../src/workspace/layer/unit.js'
import {unpackUnits} from '../../../src/workspace/layer/unpack-units.js'
import {hasProgram} from '../../support/path.js'

const zstd = (raw: Buffer): Buffer => execFileSync('zstd', ['-q', '-1', '-c'], {input: raw, maxBuffer: 1 << 28})
const whole = (letter: string): Buffer => zstd(Buffer.alloc(FRAME_BYTES, letter))

describe('units that one program unpacks', function () {
  if (!hasProgram('zstd')) return
  let stored: Unit[]
  let taken: Buffer[]
  beforeEach(() => {
    stored = []
    taken = []
  })

  const unpack = (
    units: readonly (Buffer | Unit)[],
    then = (): void => undefined,
    take = (): void => undefined,
  ): Promise<void> =>
    unpackUnits(
      (async function* () {
        for (const unit of units) yield Buffer.isBuffer(unit) ? [unit] : unit
        then()
      })(),
      async unit => void stored.push(unit),
      raw => {
        take()
        taken.push(Buffer.from(raw))
      },
    )
  const all = (): Buffer => Buffer.concat(taken)

  it('are stored and given out, the last of them whatever its size', async () => {
    const last = randomBytes(1000)
    const halves = [zstd(Buffer.alloc(FRAME_BYTES / 2, 'b')), zstd(Buffer.alloc(FRAME_BYTES / 2, 'b'))]
    const units = [[whole('a')], halves, [zstd(last)]]
    await unpack(units)
    assert.deepEqual(stored, units)
    const expected = Buffer.concat([Buffer.alloc(FRAME_BYTES, 'a'), Buffer.alloc(FRAME_BYTES, 'b'), last])
    assert.ok(all().equals(expected))
  })

  it('may be none, and may end where a frame ends', async () => {
    await unpack([])
    assert.equal(all().length, 0)
    await unpack([whole('a')])
    assert.equal(all().length, FRAME_BYTES)
  })

  const frame = whole('a')
  for (const [what, units] of Object.entries<Buffer[]>({
    'is too short': [frame, zstd(Buffer.alloc(FRAME_BYTES - 1)), frame],
    'is too short before a last one that makes up for it': [
      zstd(Buffer.alloc(FRAME_BYTES - 100)),
      zstd(Buffer.alloc(50)),
    ],
    'is too long': [zstd(Buffer.alloc(FRAME_BYTES + 1)), frame],
    'is too long and the last': [frame, zstd(Buffer.alloc(FRAME_BYTES + 1))],
  }))
    it(`are refused where one of them ${what}`, () =>
      assert.rejects(unpack(units), {message: 'a frame has the wrong size'}))

  it('are refused where one of them is damaged', async () => {
    const bad = Buffer.from(zstd(randomBytes(5000)))
    bad.writeUInt8(bad.readUInt8(2000) ^ 1, 2000)
    await assert.rejects(unpack([frame, bad]), /checksum|[Cc]orrupt|[Dd]ecod/)
  })

  it('are given out up to where their stream broke off', async () => {
    const broken = new Error('it broke off')
    const breaking = (): never => {
      throw broken
    }
    await assert.rejects(unpack([frame, frame], breaking), {name: 'Error', cause: broken})
    assert.equal(all().length, 2 * FRAME_BYTES)
  })

  it('are left where they are when whoever takes them fails', async () => {
    const refused = new Error('that was enough')
    const refusing = (): never => {
      throw refused
    }
    await assert.rejects(unpack([frame, frame, frame, frame], undefined, refusing), refused)
  })
})

describe('marks in a stream', () => {
  const mark = randomBytes(16)
  const stream = Buffer.concat([mark, Buffer.from('12345'), mark, Buffer.from('67890'), mark, Buffer.from('x')])

  it('come of a frame that any zstd unpacks', function () {
    if (!hasProgram('zstd')) this.skip()
    for (const bytes of [mark, randomBytes(255), randomBytes(1)])
      assert.ok(execFileSync('zstd', ['-q', '-d', '-c'], {input: plainFrame(bytes)}).equals(bytes))
  })

  it('are found however the stream is cut', () => {
    for (let size = 1; size <= stream.length; size++) {
      const parts: string[] = []
      const reader = markReader(mark, 5, part => parts.push(part.toString()))
      for (let at = 0; at < stream.length; at += size) reader.feed(stream.subarray(at, at + size))
      assert.deepEqual([parts.join(''), reader.seen()], ['1234567890x', 3])
    }
  })
})
