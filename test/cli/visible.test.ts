import assert from 'node:assert/strict'

import {visible} from '../../src/cli/visible.js'

describe('what a terminal is shown', () => {
  it('is nothing that it obeys', () => {
    assert.equal(
      visible('\u001B]0;owned\u0007 \u001B[2J\r\u009B31m\u007F'),
      '\\x1b]0;owned\\x07 \\x1b[2J\\x0d\\x9b31m\\x7f',
    )
  })

  it('is text as it was, lines and columns and all', () => {
    const text = 'a\tb\nübersicht – 漢字'
    assert.equal(visible(text), text)
  })
})
