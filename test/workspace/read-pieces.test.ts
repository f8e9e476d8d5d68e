import assert from 'node:assert/strict'
import {createHash, randomBytes} from 'node:crypto'
import {open, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import type {Entry} from '../../src/workspace/entry.js'
import type {LayerSource} from '../../src/workspace/layer-source.js'
import {codecFor, preferredCompression} from '../../src/workspace/layer/codec.js'
import {FRAME_BYTES, type LayerDescriptor} from '../../src/workspace/layer/descriptor.js'
import {createLayerWriter} from '../../src/workspace/layer/writer.js'
import {readEntries} from '../../src/workspace/read-entries.js'
import {mostlyWhole, readPieces} from '../../src/workspace/read-pieces.js'
import {entriesOf} from '../support/captured.js'
import {gnuTar} from '../support/gnu-tar.js'
import {temporaryDirectory} from '../support/temporary.js'

const never = new AbortController().signal

/** A layer as versions have stored it that kept one checksum for all of it. */
async function knownAsOne(layer: LayerDescriptor, directory: string): Promise<LayerDescriptor> {
  const {name, compression, bytes, frameBytes, frames} = layer
  const sha256 = createHash('sha256')
    .update(await readFile(join(directory, layer.name)))
    .digest('hex')
  return {name, compression, bytes, frameBytes, frames, sha256}
}

for (const [known, as] of [
  ['a layer', async layer => layer],
  ['a layer with one checksum for all of it', knownAsOne],
] as [string, typeof knownAsOne][])
  describe(`what is sent of ${known}`, () => {
    const root = temporaryDirectory()
    const store = temporaryDirectory()
    let layer: LayerDescriptor
    let entries: Entry[]

    beforeEach(async () => {
      for (let i = 0; i < 12; i++) await writeFile(join(root(), `${i}`), randomBytes(i * 600_000 + 1))
      const tar = gnuTar(root())
      const writer = await createLayerWriter(store(), 'chk_00')
      await writer.write(tar)
      layer = await as(await writer.finish(), store())
      entries = entriesOf(tar, layer.name)
    })

    const source = (rest: Partial<LayerSource> = {}): LayerSource => ({
      ...{directory: store(), layers: new Map([[layer.name, layer]]), sealed: true},
      ...rest,
    })
    interface Sent {
      readonly whole: number
      readonly bytes: Buffer
    }
    /** What somebody has who unpacks what was sent, and how many frames nobody has looked at. */
    const send = async (wanted: readonly Entry[], from = source()): Promise<Sent> => {
      const codec = codecFor(layer.compression, store(), layer.frameBytes)
      const parts: Buffer[] = []
      let whole = 0
      try {
        for await (const {bytes, length, packed} of readPieces(wanted, from, never, layer.compression)) {
          const part = bytes ?? (await codec.decompress(packed?.frame ?? Buffer.alloc(0)))
          if (bytes === null) whole += 1
          assert.equal(part.length, length)
          parts.push(Buffer.from(part))
        }
      } finally {
        await codec.close()
      }

      return {whole, bytes: Buffer.concat(parts)}
    }
    const read = async (wanted: readonly Entry[]): Promise<Buffer> => {
      const parts: Buffer[] = []
      for await (const part of readEntries(wanted, source(), never)) parts.push(Buffer.from(part))
      return Buffer.concat(parts)
    }
    const damage = async (position: number): Promise<void> => {
      const file = await open(join(store(), layer.name), 'r+')
      await file.write(Buffer.from('damage'), 0, 6, position)
      await file.close()
    }

    it('is its frames, where all of one is wanted, and the bytes of the others', async () => {
      const {whole, bytes} = await send(entries)
      assert.equal(whole, layer.frames.length - 1)
      assert.ok(bytes.equals(await read(entries)))
    })

    it('is unpacked once for all that is wanted of a frame', async () => {
      const first = entries.filter(({at, length}) => at + length <= FRAME_BYTES)
      const wanted = entries.filter(entry => first.indexOf(entry) % 2 !== 1)
      const unpacked = new Set<ArrayBufferLike>()
      let pieces = 0
      for await (const {bytes} of readPieces(wanted, source(), never, layer.compression)) {
        if (bytes === null) continue
        unpacked.add(bytes.buffer)
        pieces += 1
      }

      assert.ok(first.length >= 3 && pieces >= 3, `${first.length} ${pieces}`)
      assert.equal(unpacked.size, 2, 'the first frame, and the last')
    })

    it('is the same bytes whatever is wanted', async () => {
      for (let round = 0; round < 6; round++) {
        const wanted = entries.filter((_, i) => (i * 7 + round) % 5 > 0)
        const {bytes} = await send(wanted)
        assert.ok(bytes.equals(await read(wanted)), String(round))
      }

      for (const entry of entries) assert.ok((await send([entry])).bytes.equals(await read([entry])))
      assert.equal((await send([])).bytes.length, 0)
    })

    const another = preferredCompression() === 'zst' ? 'gz' : 'zst'
    for (const [what, change] of Object.entries<() => Promise<[readonly Entry[], LayerSource]>>({
      'nobody knows what was stored': async () => [entries, source({sealed: false})],
      'content is borrowed': async () => [
        entries.map(entry => (entry.path === '7' ? {...entry, borrowed: true} : entry)),
        source(),
      ],
      'little is wanted': async () => [entries.filter(({path}) => path === '1'), source()],
    })) {
      it(`is looked at where ${what}`, async () => {
        const [wanted, from] = await change()
        assert.equal((await send(wanted, from)).whole, 0)
      })
    }

    it('is mostly whole where all of a large layer is wanted, and nothing has to be changed in it', () => {
      const mostly = (wanted: readonly Entry[], rest: Partial<LayerSource> = {}): boolean =>
        mostlyWhole(wanted, source(rest), layer.compression)
      assert.equal(mostly(entries), true)
      assert.equal(mostly(entries, {sealed: false}), false)
      assert.equal(mostly(entries.map(entry => (entry.path === '7' ? {...entry, borrowed: true} : entry))), false)
      assert.equal(mostly(entries.filter(({path}) => path === '1')), false)
      assert.equal(mostlyWhole(entries, source(), another), false)
      assert.equal(mostly([]), false)
    })

    it('is looked at where whoever gets it unpacks something else', async () => {
      for await (const {bytes} of readPieces(entries, source(), never, another)) assert.notEqual(bytes, null)
      for await (const {bytes} of readPieces(entries, source(), never)) assert.notEqual(bytes, null)
    })

    it('is looked at where the layer is not the file that was stored, and refused there alone where it is damaged', async () => {
      await damage((layer.frames[0] ?? 0) + 1000)
      await assert.rejects(send(entries), {code: 'LAYER_CORRUPT', kind: 'provider'})
      const first = entries.filter(({at, length}) => at + length <= FRAME_BYTES)
      assert.ok((await send(first)).bytes.equals(await read(first)))
      await writeFile(join(store(), layer.name), '')
      await assert.rejects(send(entries), {code: 'LAYER_CORRUPT'})
    })
  })
