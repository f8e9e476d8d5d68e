import assert from 'node:assert/strict'

import type {Entry} from '../../src/workspace/entry.js'
import type {LayerDescriptor} from '../../src/workspace/layer/descriptor.js'
import {createLayerWriter} from '../../src/workspace/layer/writer.js'
import {readEntries} from '../../src/workspace/read-entries.js'
import {entriesOf} from '../support/captured.js'
import {gnuTar} from '../support/gnu-tar.js'
import {makeHardTree} from '../support/hard-tree.js'
import {temporaryDirectory} from '../support/temporary.js'

describe('reading entries out of a layer', () => {
  const root = temporaryDirectory()
  const store = temporaryDirectory()
  let layer: LayerDescriptor
  let entries: Entry[]

  beforeEach(async () => {
    await makeHardTree(root())
    const tar = gnuTar(root())
    const writer = await createLayerWriter(store(), 'chk_00')
    await writer.write(tar)
    layer = await writer.finish()
    entries = entriesOf(tar, layer.name)
  })

  const read = async (wanted: readonly Entry[]): Promise<number> => {
    let bytes = 0
    const source = {directory: store(), layers: new Map([[layer.name, layer]])}
    for await (const piece of readEntries(wanted, source, new AbortController().signal)) bytes += piece.length
    return bytes
  }
  const lie = (path: string, changed: Partial<Entry>): Entry[] =>
    entries.map(entry => (entry.path === path ? {...entry, ...changed} : entry))

  it('gives exactly the bytes of those that are wanted, in any order', async () => {
    const some = entries.filter((_, i) => i % 3 === 1)
    assert.equal(
      await read([...some].reverse()),
      some.reduce((sum, entry) => sum + entry.length, 0),
    )
    assert.equal(await read([]), 0)
  })

  for (const [what, changed] of Object.entries<Partial<Entry>>({
    path: {path: 'else'},
    type: {type: 'fifo'},
    mode: {mode: 0o4755},
    owner: {uid: 4711},
    group: {gid: 4711},
    size: {size: 1},
    time: {mtime: '1.000000000'},
    attributes: {attributes: 'ab'},
    content: {sha256: '0'.repeat(64)},
    length: {length: 512},
  })) {
    it(`refuses an entry whose ${what} is not the manifest's`, async () => {
      await assert.rejects(read(lie('big', changed)), {code: 'LAYER_CORRUPT', kind: 'provider'})
    })
  }

  it('refuses links that point elsewhere', async () => {
    await assert.rejects(read(lie('link', {target: '/etc/passwd'})), {code: 'LAYER_CORRUPT'})
    await assert.rejects(read(lie('holder/second', {hardlink: 'plain.txt'})), {code: 'LAYER_CORRUPT'})
  })

  it('refuses places that are not where entries begin', async () => {
    for (const shift of [-512, 512, 1]) {
      const big = entries.find(entry => entry.path === 'big')
      assert.ok(big)
      await assert.rejects(read([{...big, at: big.at + shift}]), {code: 'LAYER_CORRUPT'}, String(shift))
    }
  })
})
