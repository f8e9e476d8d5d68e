import assert from 'node:assert/strict'

import {wordsOf} from '../../src/cli/words.js'

describe('wordsOf', () => {
  it('keeps the order of words that are there twice or are a flag’s value too', () => {
    const word = (input: string): {type: string; input: string} => ({type: 'arg', input})
    const raw = [{type: 'flag', input: 'x'}, word('echo'), word('b'), word('a'), word('b'), word('x'), word('')]
    assert.deepEqual(wordsOf(raw), ['echo', 'b', 'a', 'b', 'x', ''])
  })
})
