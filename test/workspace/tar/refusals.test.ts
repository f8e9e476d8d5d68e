import assert from 'node:assert/strict'
import {truncateSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import {gnuTar} from '../../support/gnu-tar.js'
import {headerBlock, paxBlocks, tarOf} from '../../support/raw-tar.js'
import {parseTar} from '../../support/tar-events.js'
import {temporaryDirectory} from '../../support/temporary.js'

const refused = {code: 'LAYER_CORRUPT', kind: 'provider'}

describe('the tar parser refuses', function () {
  // A parser that never comes back is as bad as one that believes everything.
  this.timeout(10_000)

  it('a header whose checksum is wrong', () => {
    const tar = tarOf(headerBlock({name: 'a'}))
    tar[0] = 0x62
    assert.throws(() => parseTar(tar), refused)
  })

  it('bytes that are no tarball', () => {
    assert.throws(() => parseTar(Buffer.alloc(512, 'motd: welcome\n')), refused)
  })

  for (const [type, what] of [
    ['3', 'a character device'],
    ['4', 'a block device'],
    ['7', 'a contiguous file'],
    ['g', 'a global header'],
    ['L', 'a long name in the old form'],
    ['K', 'a long link in the old form'],
    ['S', 'a sparse file in the old form'],
    ['V', 'a volume label'],
    ['\xff', 'a type that does not exist'],
  ] as const) {
    it(what, () => assert.throws(() => parseTar(tarOf(headerBlock({name: 'a', type}))), refused))
  }

  it('a directory or a link with a body', () => {
    for (const type of ['1', '2', '5', '6'])
      assert.throws(() => parseTar(tarOf(headerBlock({name: 'a', type, size: 1}), Buffer.alloc(512))), refused)
  })

  it('extended headers of an absurd length', () => {
    const sizes = [
      '77777777777',
      'nonsense',
      '-1',
      Buffer.alloc(12, 0xff),
      Buffer.from('800000004000000000000000', 'hex'),
    ]
    for (const size of sizes) {
      const tar = tarOf(headerBlock({name: 'x', type: 'x', size}), Buffer.alloc(1024, 'a'))
      assert.throws(() => parseTar(tar), refused, String(size))
    }
  })

  it('records of an absurd length', () => {
    for (const records of [
      '99 path=a\n',
      '0 path=a\n',
      '-9 path=a\n',
      'path=a\n',
      '9 patha\n\n',
      '3 a',
      'x path=a\n',
      '1e9 a=b\n',
    ])
      assert.throws(() => parseTar(tarOf(paxBlocks(records), headerBlock({name: 'a'}))), refused, records)
  })

  it('sizes that are no sizes', () => {
    for (const record of ['size=-1', 'size=x', 'size=1e300', 'size=9007199254740993'])
      assert.throws(() => parseTar(tarOf(paxBlocks([record]), headerBlock({name: 'a'}))), refused, record)
    for (const size of ['zzz', Buffer.alloc(12, 0xff)])
      assert.throws(() => parseTar(tarOf(headerBlock({name: 'a', size}))), refused, String(size))
  })
})

describe('the tar parser refuses sparse files', function () {
  this.timeout(10_000)
  const sparse = (size: string, map: string, body: number | null = 512): Buffer => {
    const records = ['GNU.sparse.major=1', 'GNU.sparse.minor=0', 'GNU.sparse.name=a', `GNU.sparse.realsize=${size}`]
    const bytes = Buffer.alloc(512 + (body ?? 0))
    bytes.write(map, 'latin1')
    return tarOf(paxBlocks(records), headerBlock({name: 'a', size: bytes.length}), bytes)
  }

  it('never, when they make sense', () => {
    assert.equal(parseTar(sparse('10000', '1\n100\n512\n')).entries[0]?.bytes, 10_000)
    assert.equal(parseTar(sparse('10000', '0\n', null)).entries[0]?.bytes, 10_000)
  })

  it('never for how the bytes come, and a long map takes no longer for it', () => {
    const pieces = 40_000
    const map = `${pieces}\n${Array.from({length: pieces}, (_, i) => `${i}\n${i % 2}\n`).join('')}`
    const length = Math.ceil(map.length / 512) * 512
    const body = Buffer.concat([Buffer.from(map), Buffer.alloc(length - map.length + pieces / 2, 1)])
    const records = ['GNU.sparse.major=1', 'GNU.sparse.minor=0', 'GNU.sparse.name=a', `GNU.sparse.realsize=${pieces}`]
    const padded = Buffer.concat([body, Buffer.alloc((512 - (body.length % 512)) % 512)])
    const tar = tarOf(paxBlocks(records), headerBlock({name: 'a', size: body.length}), padded)
    const whole = parseTar(tar).entries
    assert.equal(whole[0]?.bytes, pieces)
    for (const chunk of [1, 7, 512]) assert.deepEqual(parseTar(tar, chunk).entries, whole)
  })

  for (const [what, map] of Object.entries({
    'a piece beyond the end': '1\n9999\n512\n',
    'pieces that overlap': '2\n0\n300\n100\n212\n',
    'pieces out of order': '2\n300\n212\n0\n300\n',
    'a negative offset': '1\n-1\n512\n',
    'a negative length': '2\n0\n-1\n0\n512\n',
    'an offset that is no number': '1\nx\n512\n',
    'a count that is no number': 'x\n0\n512\n',
    'a negative count': '-1\n0\n512\n',
    'a count of more than there is': '9999999\n0\n512\n',
    'no count': '',
    'less data than the map names': '1\n0\n1000\n',
    'more data than the map names': '1\n0\n100\n',
  })) {
    it(`with a map of ${what}`, () => assert.throws(() => parseTar(sparse('10000', map)), refused))
  }

  it('whose map is nonsense and names nothing', () => {
    for (const map of ['x\n', '-1\n', '0.5\n', '1\n1.5\n10\n'])
      assert.throws(() => parseTar(sparse('10000', map, null)), refused, map)
  })

  it('whose size is no size', () => {
    for (const size of ['-1', 'x', '', '1e300', '9007199254740993'])
      assert.throws(() => parseTar(sparse(size, '0\n', null)), refused, size)
  })
})

describe('the tar parser does not take for finished', () => {
  const root = temporaryDirectory()

  it('an archive that ends anywhere before its end mark', () => {
    writeFileSync(join(root(), 'a'), 'x'.repeat(2000))
    writeFileSync(join(root(), 'hole'), 'x')
    truncateSync(join(root(), 'hole'), 1_000_000)
    const tar = gnuTar(root(), '--blocking-factor=1')
    assert.equal(parseTar(tar).finished, true)
    for (let length = 0; length < tar.length - 1024; length += 256)
      assert.equal(parseTar(tar.subarray(0, length), 4096).finished, false, `${length} bytes`)
  })
})
