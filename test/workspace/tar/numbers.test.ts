import assert from 'node:assert/strict'

import {number} from '../../../src/workspace/tar/header.js'

describe('a number in a tar header', () => {
  const read = (text: string): number => number(Buffer.from(text, 'latin1'), 0, text.length)

  it('is octal, up to what ends it', () => {
    assert.equal(read('0000644\0'), 0o644)
    assert.equal(read('   644 \0'), 0o644)
    assert.equal(read('77777777777\0'), 0o77777777777)
    assert.equal(read('00000017'), 0o17, 'a field that is full')
    assert.equal(read('17\0' + '777'), 0o17, 'what stands behind the end')
  })

  it('is nothing where the field is empty', () => {
    assert.equal(read('\0\0\0\0\0\0\0\0'), 0)
    assert.equal(read('       \0'), 0)
  })

  it('is no number where there are other signs', () => {
    assert.equal(read('x00644\0'), Number.NaN)
    assert.equal(read('-1\0'), Number.NaN)
    assert.equal(read(' 9\0'), Number.NaN)
  })

  it('is binary where it is too large for digits', () => {
    assert.equal(read('\x80\0\0\0\0\0\x01\x02'), 258)
    assert.equal(read('\xff\xff\xff\xff\xff\xff\xff\xfe'), -2)
  })
})
