import assert from 'node:assert/strict'

import type {Entry} from '../../src/workspace/entry.js'
import {loadManifest} from '../../src/workspace/manifest.js'
import {writeManifest} from '../../src/workspace/manifest-file.js'
import {entriesOf} from '../support/captured.js'
import {idOf, NO_SUMMARY} from '../support/entries.js'
import {storedHardTree} from '../support/stored-tree.js'
import {parseTar} from '../support/tar-events.js'

describe('entries that borrow their content', () => {
  const tree = storedHardTree()
  const read = (wanted: readonly Entry[]): Promise<Buffer> => tree().read(wanted)
  const borrowing = (entry: Entry): Entry => ({
    ...entry,
    ...{
      path: `else/${'long/'.repeat(30)}${entry.path}`,
      mode: 0o4755,
      uid: 4711,
      gid: 4712,
      mtime: '1234567890.123456789',
    },
    ...{attributes: '', borrowed: true},
  })
  /** Where it lies is another place in what is read. */
  const seen = (entry: Entry): Entry => ({...entry, at: 0, length: 0, borrowed: true})
  const isLender = ({type, hardlink, size, length}: Entry): boolean =>
    type === 'file' && hardlink === '' && length > size

  for (const [which, choose] of Object.entries<(entry: Entry, i: number) => boolean>({
    'all that can': () => true,
    'every second one': (_, i) => i % 2 === 0,
    'a large one': entry => entry.path === 'big',
  })) {
    it(`come under the manifest's header, ${which}`, async () => {
      const wanted = tree().entries.map((entry, i) => (isLender(entry) && choose(entry, i) ? borrowing(entry) : entry))
      assert.deepEqual(entriesOf(await read(wanted), tree().layer.name).map(seen), wanted.map(seen))
    })
  }

  it('are no more than header, content and padding', async () => {
    const plain = tree().entries.find(({path}) => path === 'plain.txt')
    assert.ok(plain)
    const bytes = await read([{...plain, borrowed: true, mtime: '5.000000000', attributes: ''}])
    assert.equal(bytes.length, 512 + Math.ceil(plain.size / 512) * 512 + 1024)
    assert.equal(parseTar(bytes).entries[0]?.content, plain.sha256)
  })

  for (const [what, changed] of Object.entries<Partial<Entry>>({
    'content that is not there': {sha256: '0'.repeat(64)},
    'more than there is': {size: 1 << 20},
    'from an entry of another length': {length: 512},
    'from a place where none begins': {at: 512},
  })) {
    it(`are refused with ${what}`, async () => {
      const plain = tree().entries.find(({path}) => path === 'plain.txt')
      assert.ok(plain)
      await assert.rejects(read([{...borrowing(plain), ...changed}]), {code: 'LAYER_CORRUPT', kind: 'provider'})
    })
  }

  it('are whole where a file is stored with holes', async () => {
    const sparse = tree().entries.find(
      ({type, hardlink, size, length}) => type === 'file' && hardlink === '' && length < size,
    )
    assert.ok(sparse)
    const bytes = await read([{...sparse, borrowed: true, mtime: '5.000000000', attributes: ''}])
    assert.equal(bytes.length, 512 + Math.ceil(sparse.size / 512) * 512 + 1024)
    assert.equal(parseTar(bytes).entries[0]?.content, sparse.sha256)
  })

  it('are refused where a directory is stored', async () => {
    const directory = tree().entries.find(({type, path}) => type === 'directory' && path !== '')
    assert.ok(directory)
    await assert.rejects(read([borrowing({...directory, type: 'file'})]), {code: 'LAYER_CORRUPT'})
  })

  it('are the same after their manifest was written and read', async () => {
    const wanted = tree().entries.map(entry => (isLender(entry) ? {...borrowing(entry), path: entry.path} : entry))
    const part = {id: idOf(1), base: null, layers: [tree().layer], removed: [], summary: NO_SUMMARY, entries: wanted}
    await writeManifest(tree().directory, part)
    const manifest = await loadManifest(tree().directory, idOf(1), null)
    assert.deepEqual(
      [...manifest.tree.values()].sort((a, b) => (a.path < b.path ? -1 : 1)),
      [...wanted].sort((a, b) => (a.path < b.path ? -1 : 1)),
    )
  })
})
