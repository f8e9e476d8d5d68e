import assert from 'node:assert/strict'
import {createHash, randomBytes} from 'node:crypto'
import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import {FRAME_BYTES, type LayerDescriptor} from '../../../src/workspace/layer/descriptor.js'
import {isIntact} from '../../../src/workspace/layer/intact.js'
import {openLayer} from '../../../src/workspace/layer/reader.js'
import {createLayerWriter} from '../../../src/workspace/layer/writer.js'
import {temporaryDirectory} from '../../support/temporary.js'

const never = new AbortController().signal

describe('the file of a layer', () => {
  const directory = temporaryDirectory()
  let layer: LayerDescriptor
  let asOne: LayerDescriptor
  let nothing: LayerDescriptor
  let bytes: Buffer

  beforeEach(async () => {
    const writer = await createLayerWriter(directory(), 'chk_00')
    await writer.write(randomBytes(FRAME_BYTES + 1000))
    layer = await writer.finish()
    bytes = await readFile(join(directory(), layer.name))
    nothing = {
      ...{name: layer.name, compression: layer.compression, bytes: layer.bytes},
      ...{frameBytes: layer.frameBytes, frames: layer.frames},
    }
    asOne = {...nothing, sha256: createHash('sha256').update(bytes).digest('hex')}
  })

  const intact = async (of: LayerDescriptor): Promise<boolean> => {
    await using file = await openLayer(directory(), of)
    return await isIntact(file, of, never)
  }

  it('has a checksum for each frame', () => {
    assert.equal(layer.frames.length, 2)
    let at = 0
    const hashes = layer.frames.map(length =>
      createHash('sha256')
        .update(bytes.subarray(at, (at += length)))
        .digest('hex'),
    )
    assert.deepEqual(layer.hashes, hashes)
    assert.equal(layer.sha256, undefined)
  })

  it('is what was stored, whichever checksums it has', async () => {
    assert.equal(await intact(layer), true)
    assert.equal(await intact(asOne), true)
  })

  it('is not, where one byte of any frame is another, or nothing says what it was', async () => {
    for (const at of [0, (layer.frames[0] ?? 0) - 1, layer.frames[0] ?? 0, bytes.length - 1]) {
      const damaged = Buffer.from(bytes)
      damaged.writeUInt8(damaged.readUInt8(at) ^ 1, at)
      await writeFile(join(directory(), layer.name), damaged)
      assert.equal(await intact(layer), false, String(at))
      assert.equal(await intact(asOne), false, String(at))
    }

    await writeFile(join(directory(), layer.name), bytes)
    assert.equal(await intact(nothing), false)
  })
})
