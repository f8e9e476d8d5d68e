import assert from 'node:assert/strict'
import {writeFile} from 'node:fs/promises'
import {gzipSync} from 'node:zlib'

import type {Entry} from '../../src/workspace/entry.js'
import {loadManifest} from '../../src/workspace/manifest.js'
import {manifestFile, writeManifest} from '../../src/workspace/manifest-file.js'
import {entryOf, idOf, NO_SUMMARY, TEST_LAYER} from '../support/entries.js'
import {temporaryDirectory} from '../support/temporary.js'

const refused = {code: 'MANIFEST_CORRUPT', kind: 'provider'}

describe('a hostile manifest is refused', function () {
  this.timeout(10_000)
  const directory = temporaryDirectory()
  const root = entryOf('/')

  const attacks: Readonly<Record<string, readonly Entry[]>> = {
    'an absolute path': [entryOf('/etc/passwd')],
    'a path that begins with ..': [entryOf('../a')],
    'the path ..': [entryOf('..')],
    'the path .': [entryOf('.')],
    'a path with .. inside': [entryOf('a/'), entryOf('a/../b')],
    'a path that ends with ..': [entryOf('a/'), entryOf('a/..')],
    'an empty part': [entryOf('a/'), entryOf('a//b')],
    'a slash at its end': [entryOf('a/'), {...entryOf('a'), path: 'a/'}],
    'a NUL': [entryOf('a\0b')],
    'a child of nothing': [entryOf('a/b')],
    'a child of a file': [entryOf('a'), entryOf('a/b')],
    'a child of a symbolic link': [entryOf('a -> /etc'), entryOf('a/b')],
    'a hard link to nothing': [entryOf('a = b')],
    'a hard link to a file outside': [entryOf('a = /etc/passwd')],
    'a hard link to itself': [entryOf('a = a')],
    'a hard link to a directory': [entryOf('b/'), entryOf('a = b')],
    'a hard link to a symbolic link': [entryOf('b -> /etc/passwd'), entryOf('a = b')],
    'a hard link to a hard link': [entryOf('c'), entryOf('b = c'), entryOf('a = b')],
    'an unknown layer': [entryOf('a', {layer: 'chk_ff.tar.gz'})],
    'a place before the layer': [entryOf('a', {at: -512})],
    'no length': [entryOf('a', {length: 0})],
    'a length that is no whole number': [entryOf('a', {length: 512.5})],
    'a place that is none': [entryOf('a', {at: '0' as never})],
    'an end that no number tells': [entryOf('a', {at: Number.MAX_SAFE_INTEGER, length: 512})],
    'a directory that borrows': [entryOf('a/', {borrowed: true})],
    'a symbolic link that borrows': [entryOf('a -> b', {borrowed: true})],
    'a hard link that borrows': [entryOf('b'), entryOf('a = b', {borrowed: true})],
    'borrowed content with attributes': [entryOf('a', {borrowed: true, attributes: 'ab'})],
    'borrowed content with a time that is none': [entryOf('a', {borrowed: true, mtime: '1\n30 path=/etc/passwd'})],
    'borrowed content with an impossible mode': [entryOf('a', {borrowed: true, mode: 0o100644})],
    'borrowed content with an owner that is none': [entryOf('a', {borrowed: true, uid: -1})],
    'a negative length': [entryOf('a', {length: -512})],
  }
  for (const [what, entries] of Object.entries(attacks)) {
    it(`with ${what}`, async () => {
      await writeManifest(directory(), {
        ...{id: idOf(1), base: null, layers: [TEST_LAYER], removed: [], summary: NO_SUMMARY},
        entries: [root, ...entries],
      })
      await assert.rejects(loadManifest(directory(), idOf(1), null), refused)
    })
  }

  const good = {version: 1, id: idOf(1), base: null, layers: [], removed: [], summary: NO_SUMMARY, rows: []}
  const layer = (changed: object): object => ({...good, layers: [{...TEST_LAYER, ...changed}]})
  const files: Readonly<Record<string, unknown>> = {
    'that is its own base': {...good, base: idOf(1)},
    'whose base is a path': {...good, base: '../../etc/passwd'},
    'of another version': {...good, version: 4},
    'without rows': {...good, rows: undefined},
    'with rows that are no rows': {...good, rows: [null, 7]},
    'that is no object': null,
    'with a layer that is nothing': {...good, layers: [null]},
    'with a layer that is a path': layer({name: '../../../etc/passwd'}),
    'with a layer that is no name': layer({name: 7}),
    'with frames of no size': layer({frameBytes: 0}),
    'with frames that are no numbers': layer({frames: ['x']}),
    'with frames of a negative length': layer({frames: [-1]}),
    'with frames of an absurd length': layer({frames: [1e15]}),
    'with a compression that does not exist': layer({compression: 'xz', name: 'chk_00.tar.xz'}),
    'with hashes that are none': layer({hashes: 'x'}),
    'with more hashes than frames': layer({hashes: ['a', 'b']}),
    'with more bytes than frames': layer({bytes: 11}),
    'whose root is a link': {...layer({}), rows: [['', 'l', 0, 0, 0, 4, '1.0', '/etc', '', '', '', 0, 0, 512]]},
  }
  for (const [what, content] of Object.entries(files)) {
    it(what, async () => {
      await writeFile(manifestFile(directory(), idOf(1)), gzipSync(JSON.stringify(content)))
      await assert.rejects(loadManifest(directory(), idOf(1), null), refused)
    })
  }

  it('that goes round in a circle with another', async () => {
    await writeFile(manifestFile(directory(), idOf(1)), gzipSync(JSON.stringify({...good, base: idOf(2)})))
    await writeFile(manifestFile(directory(), idOf(2)), gzipSync(JSON.stringify({...good, id: idOf(2), base: idOf(1)})))
    await assert.rejects(loadManifest(directory(), idOf(1), null), refused)
  })
})
