import assert from 'node:assert/strict'
import {randomBytes, randomInt} from 'node:crypto'
import {readFile, rm, stat, truncate, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import {FRAME_BYTES, type LayerDescriptor} from '../../../src/workspace/layer/descriptor.js'
import {readLayer, type Range} from '../../../src/workspace/layer/reader.js'
import {createLayerWriter} from '../../../src/workspace/layer/writer.js'
import {withPath} from '../../support/path.js'
import {temporaryDirectory} from '../../support/temporary.js'

const never = new AbortController().signal

/** Some frames that compress and some that do not. */
const RAW = Buffer.concat([
  Buffer.alloc(FRAME_BYTES + 1000, 'compressible '),
  randomBytes(FRAME_BYTES / 2),
  Buffer.alloc(FRAME_BYTES),
  randomBytes(12_345),
])

for (const codec of ['the preferred codec', 'gzip']) {
  describe(`a layer with ${codec}`, () => {
    const directory = temporaryDirectory()
    const using = <R>(work: () => Promise<R>): Promise<R> => (codec === 'gzip' ? withPath('', work) : work())

    const store = (): Promise<LayerDescriptor> =>
      using(async () => {
        const writer = await createLayerWriter(directory(), 'chk_00')
        for (let at = 0; at < RAW.length;) {
          const length = randomInt(1, 3_000_000)
          await writer.write(RAW.subarray(at, at + length))
          at += length
        }

        return writer.finish()
      })
    const read = async (layer: LayerDescriptor, ranges: readonly Range[]): Promise<Buffer[]> => {
      const pieces: Buffer[] = []
      for await (const {offset, bytes} of readLayer(directory(), layer, ranges, never)) {
        assert.ok(bytes.equals(RAW.subarray(offset, offset + bytes.length)), `bytes at ${offset}`)
        pieces.push(Buffer.from(bytes))
      }

      return pieces
    }

    it('gives back the bytes of any range', async () => {
      const layer = await store()
      assert.deepEqual(Buffer.concat(await read(layer, [{start: 0, end: RAW.length}])).equals(RAW), true)
      for (let round = 0; round < 6; round++) {
        const cuts = Array.from({length: 8}, () => randomInt(RAW.length)).sort((a, b) => a - b)
        const ranges: Range[] = []
        for (let i = 0; i < cuts.length; i += 2) ranges.push({start: cuts[i] ?? 0, end: (cuts[i + 1] ?? 0) + 1})
        const wanted = ranges.filter((range, i) => i === 0 || range.start >= (ranges[i - 1]?.end ?? 0))
        const got = Buffer.concat(await read(layer, wanted))
        assert.ok(got.equals(Buffer.concat(wanted.map(({start, end}) => RAW.subarray(start, end)))))
      }
    })

    it('is described as it is on the disk, for the user alone', async () => {
      const layer = await store()
      const {size, mode} = await stat(join(directory(), layer.name))
      assert.equal(size, layer.bytes)
      assert.equal(mode & 0o777, 0o600)
      assert.equal(layer.frames.length, Math.ceil(RAW.length / FRAME_BYTES))
      assert.equal(
        layer.frames.reduce((sum, bytes) => sum + bytes),
        layer.bytes,
      )
    })

    it('never gives anything else with a bit flipped', async () => {
      const layer = await store()
      const file = join(directory(), layer.name)
      const good = await readFile(file)
      let refused = 0
      for (let round = 0; round < 8; round++) {
        const bad = Buffer.from(good)
        const at = randomInt(bad.length)
        bad.writeUInt8(bad.readUInt8(at) ^ (1 << randomInt(8)), at)
        await writeFile(file, bad)
        // What slips through decompression is caught by the hash of the entry; here, by the comparison in read(). Some bits mean nothing, such
        // as which of many zeros is repeated.
        const whole = await read(layer, [{start: 0, end: RAW.length}]).catch((error: unknown) => error)
        if (whole instanceof Error) assert.match(whole.message, /damaged|bytes at/, `byte ${at}`)
        else assert.ok(Buffer.concat(whole as Buffer[]).equals(RAW), `byte ${at}`)
        refused += whole instanceof Error ? 1 : 0
      }

      assert.ok(refused > 0)
    })

    it('is damaged when it is cut or longer, and missing when it is gone', async () => {
      const layer = await store()
      const file = join(directory(), layer.name)
      const all = [{start: 0, end: RAW.length}]
      await writeFile(file, 'more', {flag: 'a'})
      await assert.rejects(read(layer, all), {code: 'LAYER_CORRUPT'})
      await truncate(file, layer.bytes - 1)
      await assert.rejects(read(layer, all), {code: 'LAYER_CORRUPT', kind: 'provider'})
      await rm(file)
      await assert.rejects(read(layer, all), {code: 'LAYER_MISSING', kind: 'provider'})
    })

    it('is refused when a frame unpacks to more than the manifest says', async () => {
      const bomb = await using(async () => {
        const writer = await createLayerWriter(directory(), 'chk_01')
        await writer.write(Buffer.alloc(FRAME_BYTES))
        return writer.finish()
      })
      const believed = {...bomb, frameBytes: 4096}
      await assert.rejects(read(believed, [{start: 0, end: 100}]), {code: 'LAYER_CORRUPT'})
    })

    it('is damaged when a range lies beyond its end', async () => {
      const layer = await store()
      for (const start of [RAW.length - 1, RAW.length, RAW.length * 3])
        await assert.rejects(read(layer, [{start, end: RAW.length + 1 + start}]), {code: 'LAYER_CORRUPT'})
    })
  })
}
