import assert from 'node:assert/strict'

import type {Entry} from '../../src/workspace/entry.js'
import {storedHardTree} from '../support/stored-tree.js'

/** Bytes that end an archive. */
const END = 1024

describe('reading entries out of a layer', () => {
  const tree = storedHardTree()
  const read = (wanted: readonly Entry[]): Promise<Buffer> => tree().read(wanted)
  const lie = (path: string, changed: Partial<Entry>): Entry[] =>
    tree().entries.map(entry => (entry.path === path ? {...entry, ...changed} : entry))

  it('gives exactly the bytes of those that are wanted, in any order', async () => {
    const some = tree().entries.filter((_, i) => i % 3 === 1)
    const bytes = await read([...some].reverse())
    assert.equal(
      bytes.length - END,
      some.reduce((sum, entry) => sum + entry.length, 0),
    )
    assert.equal((await read([])).length, END)
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
      const big = tree().entries.find(entry => entry.path === 'big')
      assert.ok(big)
      await assert.rejects(read([{...big, at: big.at + shift}]), {code: 'LAYER_CORRUPT'}, String(shift))
    }
  })
})
