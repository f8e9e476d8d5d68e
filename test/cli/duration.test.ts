import assert from 'node:assert/strict'

import {parseDuration} from '../../src/cli/duration.js'

describe('parseDuration', () => {
  for (const [text, milliseconds] of [
    ['0s', 0],
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['12h', 43_200_000],
    ['7d', 604_800_000],
    ['2w', 1_209_600_000],
    ['007d', 604_800_000],
  ] as const) {
    it(`reads ${text} as milliseconds`, () => assert.equal(parseDuration(text), milliseconds))
  }

  for (const text of [
    '',
    '12',
    'h',
    '1.5h',
    '-1h',
    '+1h',
    '1 h',
    ' 1h',
    '1h ',
    '1h\n',
    '1h30m',
    '1y',
    '1H',
    '1234567s',
    '١h',
  ])
    it(`refuses ${JSON.stringify(text)}, and says how to write one`, () =>
      assert.throws(() => parseDuration(text), {code: 'DURATION_INVALID', kind: 'usage', hint: /12h/}))
})
