import assert from 'node:assert/strict'

import {formatAge, formatBytes, formatTable} from '../../src/cli/format.js'

describe('formatBytes', () => {
  for (const [bytes, text] of [
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [1234, '1.2 kB'],
    [99_900, '99.9 kB'],
    [123_456, '123 kB'],
    [999_999, '1000 kB'],
    [5_000_000_000, '5.0 GB'],
    [7e15, '7000 TB'],
  ] as const) {
    it(`writes ${bytes} as ${text}`, () => assert.equal(formatBytes(bytes), text))
  }
})

describe('formatAge', () => {
  const now = Date.parse('2026-01-31T12:00:00Z')
  for (const [seconds, text] of [
    [0, '0s'],
    [59, '59s'],
    [60, '1m'],
    [3599, '59m'],
    [3600, '1h'],
    [86_399, '23h'],
    [86_400, '1d'],
    [86_400 * 400, '400d'],
    [-5, '0s'],
  ] as const) {
    it(`writes an age of ${seconds} seconds as ${text}`, () =>
      assert.equal(formatAge(new Date(now - seconds * 1000).toISOString(), now), text))
  }
})

describe('formatTable', () => {
  it('makes columns as wide as they must be, without blanks at the end of a line', () => {
    const table = formatTable(
      ['ID', 'NAME', 'X'],
      [
        ['1', 'longer', 'y'],
        ['23', 'b', ''],
      ],
    )
    assert.equal(table, 'ID  NAME    X\n1   longer  y\n23  b       ')
  })

  it('is the headings alone where there are no rows', () => assert.equal(formatTable(['A', 'B'], []), 'A  B'))
})
