import assert from 'node:assert/strict'

import {listingParser, parseListing, type Listing} from '../../src/workspace/parse-listing.js'

describe('a listing that is parsed while it comes', () => {
  const gnu = ['', './a b', './näme\nwith a newline', './x'].flatMap((path, i) => [
    ...[path.replace('./', ''), i === 0 ? 'd' : 'f', '644', '0', '0', '5', '1.5000000000', '2.5000000000'],
    ...[`1:${i}`, '1', ''],
  ])
  const stat = (name: string, mode: string): string =>
    `${name}//${mode} 0 0 5 12 1970-01-01 00:00:12.000000000 +0000 1970-01-01 00:00:12.000000000 +0000 1:2 1 12//\n`
  const LISTINGS = {
    'GNU find': ['99.0', ...gnu, ''],
    stat: ['c', '99 1970-01-01 00:01:39.0', stat('.', '41ed') + stat('./l', 'a1ff'), './l', 'there\n', '', ''],
    'an empty stat': ['c', '99 1970-01-01 00:01:39.0', '', ''],
  }

  /** Parses pieces of so many bytes. */
  const inPieces = (whole: Buffer, bytes: number): Listing => {
    const parser = listingParser()
    for (let at = 0; at < whole.length; at += bytes) parser.feed(whole.subarray(at, at + bytes))
    return parser.finish()
  }

  for (const [maker, fields] of Object.entries(LISTINGS)) {
    it(`is what it is as a whole, however it is cut: ${maker}`, () => {
      const whole = Buffer.from(fields.join('\0'), 'utf8')
      const expected = parseListing(whole)
      assert.equal(expected.stats.length, maker === 'GNU find' ? 4 : maker === 'stat' ? 2 : 0)
      for (let bytes = 1; bytes <= whole.length; bytes++) assert.deepEqual(inPieces(whole, bytes), expected)
    })
  }

  it('leaves out a last record that did not come whole', () => {
    const whole = Buffer.from(LISTINGS['GNU find'].join('\0'), 'utf8')
    assert.equal(parseListing(whole.subarray(0, -2)).stats.length, 3)
  })
})
