import assert from 'node:assert/strict'

import {parseLabels} from '../../src/cli/label.js'

describe('parseLabels', () => {
  it('reads keys and values, of which the last one counts', () => {
    const labels = parseLabels(['ticket=1', 'empty=', 'by/who.me_x-y=a=b c', 'ticket=2'])
    assert.deepEqual(labels, {ticket: '2', empty: '', 'by/who.me_x-y': 'a=b c'})
  })

  it('takes any key for a key and nothing else', () => {
    const labels = parseLabels(['constructor=x', 'toString=y'])
    assert.deepEqual([Object.keys(labels), labels['constructor']], [['constructor', 'toString'], 'x'])
  })

  for (const text of [
    '',
    'ticket',
    '=1',
    ' a=1',
    'a b=1',
    '-a=1',
    'a=b\nc',
    'a=\0',
    '__proto__=x',
    `${'k'.repeat(64)}=1`,
    `a=${'v'.repeat(257)}`,
  ])
    it(`refuses ${JSON.stringify(text.slice(0, 20))}`, () =>
      assert.throws(() => parseLabels([text]), {code: 'LABEL_INVALID', kind: 'usage', hint: /key=value/}))
})
