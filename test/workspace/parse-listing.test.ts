import assert from 'node:assert/strict'

import {listingParser, type Listing} from '../../src/workspace/parse-listing.js'
import {parseListing} from '../support/parse-listing.js'

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

  const ctimesOf = (clock: string, ctime: string): string[] =>
    parseListing(Buffer.from([clock, ...gnu, ''].join('\0').replaceAll('2.5000000000', ctime))).stats.map(
      one => one.ctime,
    )

  it('trusts no time of a file that programs have mapped, whoever says so', () => {
    assert.deepEqual(ctimesOf('99.0 // 1 7 3', '2.5000000000'), ['2.500000000', '', '2.500000000', ''])
    const printed = LISTINGS.stat.with(1, `${LISTINGS.stat[1] ?? ''} // 2`).join('\0')
    assert.deepEqual(
      parseListing(Buffer.from(printed)).stats.map(({ctime}) => ctime),
      ['', ''],
    )
  })

  it('trusts whole seconds once the second is over', () => {
    assert.equal(ctimesOf('3.510000000', '2.5000000000')[0], '2.500000000')
    assert.equal(ctimesOf('2.510000000', '2.5000000000')[0], '')
    assert.equal(ctimesOf('2.990000000', '2.0000000000')[0], '')
    assert.equal(ctimesOf('3.010000000', '2.0000000000')[0], '')
    assert.equal(ctimesOf('3.030000000', '2.0000000000')[0], '2.000000000')
  })

  const records = (changed: Readonly<Record<number, string>> = {}): Buffer => {
    const fields = ['a', 'f', '644', '0', '0', '5', '1.5000000000', '2.5000000000', '1:7', '1', '']
    return Buffer.from(['99.0', ...fields.map((field, n) => changed[n] ?? field), ''].join('\0'))
  }
  const known = new Map(parseListing(records()).stats.map(stat => [stat.path, stat]))
  const again = (listing: Buffer): Listing => {
    const parser = listingParser(known)
    parser.feed(listing)
    return parser.finish()
  }

  it('gives out the very object of what looks as before', () => assert.equal(again(records()).stats[0], known.get('a')))

  for (const [what, changed] of Object.entries<Record<number, string>>({
    name: {0: 'b'},
    type: {1: 'p'},
    mode: {2: '600'},
    owner: {3: '7'},
    group: {4: '7'},
    size: {5: '6'},
    time: {6: '1.5000000010'},
    'time, by a second': {6: '11.5000000000'},
    'change time': {7: '2.5000000010'},
    'change time that is too fresh': {7: '98.9900000000'},
    inode: {8: '1:8'},
    'number of names': {9: '2'},
    target: {10: 'b'},
  }))
    it(`tells another ${what}`, () => {
      const listing = records(changed)
      assert.notEqual(again(listing).stats[0], known.get('a'))
      assert.deepEqual(again(listing), parseListing(listing))
    })

  it('trusts no clock that was set back behind what it has stamped', () => {
    const listing = Buffer.from(records().toString('latin1').replace('99.0', '2.51'), 'latin1')
    assert.deepEqual([known.get('a')?.ctime, again(listing).stats[0]?.ctime], ['2.500000000', ''])
  })

  it('by stat is told apart from one that was cut, wherever that was', () => {
    const whole = Buffer.from(LISTINGS.stat.slice(0, -1).join('\0'), 'utf8')
    const faultOf = (listing: Buffer): string | null => {
      const parser = listingParser()
      parser.feed(listing)
      parser.finish()
      return parser.fault()
    }
    assert.equal(faultOf(whole), null)
    // Without its last link the listing ends as one does whose link went away.
    const links = whole.indexOf('\0./l') + 1
    for (let end = 2; end < whole.length; end++)
      if (end !== links) assert.notEqual(faultOf(whole.subarray(0, end)), null, `${end} of ${whole.length} bytes`)
  })

  it('leaves out a last record that did not come whole', () => {
    const whole = Buffer.from(LISTINGS['GNU find'].join('\0'), 'utf8')
    assert.equal(parseListing(whole.subarray(0, -2)).stats.length, 3)
  })
})
