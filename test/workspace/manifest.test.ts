import assert from 'node:assert/strict'
import {readFile, rm, stat, writeFile} from 'node:fs/promises'

import type {Entry} from '../../src/workspace/entry.js'
import {loadManifest} from '../../src/workspace/manifest.js'
import {manifestFile, writeManifest, type ManifestPart} from '../../src/workspace/manifest-file.js'
import {entryOf, idOf, NO_SUMMARY, TEST_LAYER} from '../support/entries.js'
import {temporaryDirectory} from '../support/temporary.js'

const part = (n: number, entries: readonly Entry[], rest: Partial<ManifestPart> = {}): ManifestPart => ({
  ...{id: idOf(n), base: null, layers: [TEST_LAYER], entries, removed: [], summary: NO_SUMMARY},
  ...rest,
})

describe('a manifest', () => {
  const directory = temporaryDirectory()
  const root = entryOf('/')

  it('comes back as it was written, also with names that are no text', async () => {
    const odd = entryOf('d/n\xff\n"\\ ', {mtime: '-1.000000001', mode: 0o7777, attributes: 'ab'})
    const entries = [root, entryOf('d/'), odd, entryOf('l -> /any/where'), entryOf('z = l2'), entryOf('l2')]
    const summary = {...NO_SUMMARY, content: 7, excludes: ['*.log'], warnings: ['w'], parent: idOf(9)}
    const {sha256} = await writeManifest(directory(), part(1, entries, {summary}))
    const manifest = await loadManifest(directory(), idOf(1), sha256)
    assert.deepEqual([...manifest.tree.values()], entries)
    assert.deepEqual([manifest.chain, manifest.summary, manifest.id], [[idOf(1)], summary, idOf(1)])
    assert.deepEqual([...manifest.layers.values()], [TEST_LAYER])
    assert.equal((await stat(manifestFile(directory(), idOf(1)))).mode & 0o777, 0o600)
  })

  it('applies what it stands on, oldest first', async () => {
    const second = {...TEST_LAYER, name: 'chk_0000000000000002.tar.gz'}
    await writeManifest(directory(), part(1, [root, entryOf('a'), entryOf('b'), entryOf('d/'), entryOf('d/x')]))
    const newA = entryOf('a', {size: 5, layer: second.name})
    await writeManifest(directory(), part(2, [newA], {base: idOf(1), layers: [second], removed: ['b', 'd', 'd/x']}))
    await writeManifest(directory(), part(3, [entryOf('b -> a')], {base: idOf(2)}))
    const {tree, chain, layers} = await loadManifest(directory(), idOf(3), null)
    assert.deepEqual([...tree.keys()].sort(), ['', 'a', 'b'])
    assert.deepEqual([tree.get('a'), tree.get('b')?.type], [newA, 'symlink'])
    assert.deepEqual(chain, [idOf(3), idOf(2), idOf(1)])
    assert.deepEqual([...layers.keys()], [TEST_LAYER.name, second.name])
    assert.deepEqual([...(await loadManifest(directory(), idOf(1), null)).tree.keys()], ['', 'a', 'b', 'd', 'd/x'])
  })

  it('is missing when it or one below it is gone', async () => {
    await assert.rejects(loadManifest(directory(), idOf(1), null), {code: 'MANIFEST_MISSING', kind: 'provider'})
    await writeManifest(directory(), part(1, [root]))
    await writeManifest(directory(), part(2, [], {base: idOf(1)}))
    await rm(manifestFile(directory(), idOf(1)))
    await assert.rejects(loadManifest(directory(), idOf(2), null), {code: 'MANIFEST_MISSING', message: /0001\.json/})
  })

  it('is damaged when it is not what was recorded', async () => {
    const {sha256} = await writeManifest(directory(), part(1, [root]))
    await writeManifest(directory(), part(1, [root, entryOf('more')]))
    await assert.rejects(loadManifest(directory(), idOf(1), sha256), {code: 'MANIFEST_CORRUPT', message: /checksum/})
  })

  it('is damaged when it is cut, empty, or another one under its name', async () => {
    await writeManifest(directory(), part(1, [root]))
    const file = manifestFile(directory(), idOf(1))
    const good = await readFile(file)
    const refused = {code: 'MANIFEST_CORRUPT', kind: 'provider'}
    for (const bytes of [good.subarray(0, -9), Buffer.alloc(0), Buffer.from('{}')]) {
      await writeFile(file, bytes)
      await assert.rejects(loadManifest(directory(), idOf(1), null), refused)
    }

    await writeFile(manifestFile(directory(), idOf(2)), good)
    await assert.rejects(loadManifest(directory(), idOf(2), null), refused)
  })
})
