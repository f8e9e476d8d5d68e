import assert from 'node:assert/strict'
import {randomBytes} from 'node:crypto'
import {readdir} from 'node:fs/promises'

import {codecFor} from '../../../src/workspace/layer/codec.js'
import {readLayer} from '../../../src/workspace/layer/reader.js'
import {createLayerWriter} from '../../../src/workspace/layer/writer.js'
import {withPath} from '../../support/path.js'
import {temporaryDirectory} from '../../support/temporary.js'

describe('the layer writer', () => {
  const directory = temporaryDirectory()

  it('leaves nothing when it is discarded, early or late or twice', async () => {
    const early = await createLayerWriter(directory(), 'chk_01')
    await early.discard()
    const late = await createLayerWriter(directory(), 'chk_01')
    await late.write(randomBytes(20 << 20))
    await late.discard()
    await late.discard()
    assert.deepEqual(await readdir(directory()), [])
  })

  it('makes an empty layer of nothing', async () => {
    const layer = await (await createLayerWriter(directory(), 'chk_02')).finish()
    assert.deepEqual([layer.bytes, layer.frames], [0, []])
    for await (const piece of readLayer(directory(), layer, [], new AbortController().signal))
      assert.fail(`${piece.offset}`)
  })

  it('shows a layer under its name only when it is whole', async () => {
    const writer = await createLayerWriter(directory(), 'chk_03')
    await writer.write(randomBytes(20 << 20))
    assert.ok((await readdir(directory())).every(name => name.endsWith('.part') || name.startsWith('.scratch')))
    const {name} = await writer.finish()
    assert.deepEqual(await readdir(directory()), [name])
  })

  it('copies what it is given', async () => {
    const chunk = Buffer.alloc(1000, 'a')
    const writer = await createLayerWriter(directory(), 'chk_04')
    await writer.write(chunk)
    chunk.fill('b')
    const layer = await writer.finish()
    for await (const {bytes} of readLayer(directory(), layer, [{start: 0, end: 1000}], new AbortController().signal))
      assert.equal(bytes.toString(), 'a'.repeat(1000))
  })

  it('says what is missing where a layer needs zstd and there is none', async function () {
    if ('zstdCompress' in (await import('node:zlib'))) this.skip()
    await withPath('', async () =>
      assert.throws(() => codecFor('zst', directory(), 8 << 20), {code: 'ZSTD_MISSING', kind: 'config'}),
    )
  })
})
