import assert from 'node:assert/strict'

import {isFilled} from '../../src/workspace/is-filled.js'
import {entryOf, treeOf} from '../support/entries.js'

const WANTED = treeOf('d/', 'd/a', 'link -> d', 'b', 'c = b')

/** As GNU find prints it. */
const record = (path: string, type: string, changed: Record<number, string> = {}): string =>
  [path, type, '644', '0', '0', '0', '1.0000000000', '2.0000000000', '1:2', '1', type === 'l' ? 'd' : '']
    .map((field, i) => `${changed[i] ?? field}\0`)
    .join('')

const ALL = [
  record('', 'd'),
  record('d', 'd'),
  record('d/a', 'f'),
  record('link', 'l'),
  record('b', 'f'),
  record('c', 'f'),
]
const CLOCK = '3.000000000\0'

describe('a listing of what was filled', () => {
  const says = (records: readonly string[], clock = CLOCK): boolean =>
    isFilled([Buffer.from(clock + records.join(''), 'latin1')], WANTED)
  const changed = (path: string, type: string, fields: Record<number, string>): boolean =>
    says(ALL.map(one => (one.startsWith(`${path}\0`) ? record(path, type, fields) : one)))

  it('says that all is as it should be, whatever the order and the pieces', () => {
    assert.ok(says(ALL))
    assert.ok(says(ALL.toReversed()))
    const bytes = Buffer.from(CLOCK + ALL.join(''))
    for (let at = 0; at <= bytes.length; at++) assert.ok(isFilled([bytes.subarray(0, at), bytes.subarray(at)], WANTED))
  })

  it('says it of what may be different', () => {
    // Owners are not everybody's to give, and what is no file has the size that its file system likes.
    assert.ok(changed('b', 'f', {3: '1000', 4: '1000', 7: '2.5000000001', 8: '99:100', 9: '17'}))
    assert.ok(changed('d', 'd', {5: '4096'}))
    assert.ok(changed('link', 'l', {2: '777', 5: '1'}))
  })

  const others: Record<string, boolean> = {
    nothing: says([], ''),
    'the clock alone': says([]),
    'no clock': says(ALL, ''),
    'a clock that is none': says(ALL, 'now\0'),
    'the stat of busybox': says(ALL, 'c\0'),
    'one that is missing': says(ALL.slice(0, -1)),
    'one too many': says([...ALL, record('more', 'f')]),
    'one twice': says([...ALL, ALL[2] ?? '']),
    'one twice for another': says([...ALL.slice(0, -1), ALL[2] ?? '']),
    'one in the place of another': says([...ALL.slice(0, -1), record('more', 'f')]),
    'another type': changed('b', 'p', {}),
    'another mode': changed('d', 'd', {2: '755'}),
    'a mode that begins in the same way': changed('d', 'd', {2: '6440'}),
    'another size': changed('b', 'f', {5: '1'}),
    'another time': changed('b', 'f', {6: '1.0000000010'}),
    'a longer time': changed('b', 'f', {6: '1.00000000000'}),
    'another target': changed('link', 'l', {10: 'e'}),
    'a target that begins in the same way': changed('link', 'l', {10: 'd/a'}),
    'a target where there is none': changed('b', 'f', {10: 'd'}),
  }
  for (const [what, answer] of Object.entries(others))
    it(`does not say it with ${what}`, () => assert.equal(answer, false))

  it('does not say it when it is cut off, wherever that is', () => {
    const bytes = Buffer.from(CLOCK + ALL.join(''))
    for (let at = 0; at < bytes.length; at++) assert.ok(!isFilled([bytes.subarray(0, at)], WANTED), `${at} bytes`)
  })

  it('leaves times before 1970 to who looks closer', () => {
    const wanted = new Map([['', entryOf('/', {mtime: '-1.500000000'})]])
    assert.ok(!isFilled([Buffer.from(CLOCK + record('', 'd', {6: '-1.5000000000'}))], wanted))
  })
})
