import assert from 'node:assert/strict'

import {paxHeader, padding, plainHeader, type EntrySpec} from '../../../src/workspace/tar/build.js'
import type {TarHeader} from '../../../src/workspace/tar/header.js'
import {createTarParser} from '../../../src/workspace/tar/parser.js'
import {plainReader, type PlainFile} from '../../../src/workspace/dialect/plain-reader.js'

const spec = (more: Partial<EntrySpec>): EntrySpec => ({
  ...{path: 'a', type: 'file', mode: 0o4755, uid: 1, gid: 2, size: 0, mtime: '5.000000000', target: ''},
  ...more,
})

function parsed(bytes: Buffer): TarHeader[] {
  const headers: TarHeader[] = []
  const ignore = (): void => undefined
  createTarParser({entry: header => headers.push(header), data: ignore, hole: ignore, entryEnd: ignore}).feed(bytes)
  return headers
}

describe('headers made here', () => {
  for (const [what, more] of Object.entries({
    'an ordinary file': {},
    'a time with nanoseconds': {mtime: '1234567890.000000120'},
    'a time before 1970': {mtime: '-1.500000000'},
    'a name that is no UTF-8': {path: 'd/\xff\n-'},
    'a long name': {path: 'x'.repeat(150)},
    'a name at which the length of its record grows a digit': {path: 'y'.repeat(989)},
    'a long link': {type: 'symlink', target: 't'.repeat(300)},
    'a hard link': {type: 'hardlink', target: 'first'},
    'a large owner': {uid: 0o7777777 + 1, gid: 2 ** 31},
    'the workdir itself': {path: '', type: 'directory'},
  } satisfies Record<string, Partial<EntrySpec>>)) {
    it(`are read back: ${what}`, () => {
      const wanted = spec(more)
      const [header] = parsed(paxHeader(wanted))
      const {path, type, mode, uid, gid, size, mtime, target} = header as TarHeader
      assert.deepEqual({path, type, mode, uid, gid, size, mtime, target}, wanted)
    })
  }

  it('hold sizes beyond eight gigabytes', () => {
    const size = 2 ** 33 + 1
    assert.equal(parsed(paxHeader(spec({size})))[0]?.size, size)
  })
})

describe('a plain tarball', () => {
  it('is read from pieces of any size, other entries passed over', () => {
    const names = ['short', `${'long'.repeat(60)}\xff`, 'empty']
    const tarball = Buffer.concat([
      plainHeader(spec({path: 'd', type: 'directory'})),
      ...names.flatMap((path, i) => [
        plainHeader(spec({path, size: 700 * ((i + 1) % 3)})),
        Buffer.alloc(700 * ((i + 1) % 3), 'z'),
        padding(700 * ((i + 1) % 3)),
      ]),
      plainHeader(spec({path: 'l', type: 'symlink', target: 'u'.repeat(200)})),
      Buffer.alloc(1024),
      plainHeader(spec({path: 'second archive', size: 10})),
      Buffer.from('part'),
    ])
    for (const step of [1, 511, 4096]) {
      const files: PlainFile[] = []
      let bytes = 0
      let ended = 0
      const reader = plainReader({
        file: file => files.push(file),
        data: chunk => (bytes += chunk.length),
        end: () => (ended += 1),
      })
      for (let at = 0; at < tarball.length; at += step) reader.feed(tarball.subarray(at, at + step))
      assert.deepEqual(
        files.map(({path, seconds}) => [path, seconds]),
        [...names, 'second archive'].map(path => [path, 5]),
      )
      assert.deepEqual([bytes, ended, reader.missing()], [2104, 3, 6])
    }
  })
})
