import assert from 'node:assert/strict'

import {closedIn, refuseClosed} from '../../src/workspace/closed.js'
import {statsOfSpecs} from '../support/entries.js'

describe('directories that cannot be read', () => {
  it('are what find says that they are, whoever made it', () => {
    const errors = `find: './a b': Permission denied
find: ./d/é: Permission denied
find: './gone': No such file or directory
find: .: Permission denied
find: './\\303\\244/a\\\\b': Permission denied
find: 'new'$'\\n''line': Permission denied
stat: ./x: Permission denied
`
    const {closed, errors: others} = closedIn(errors)
    assert.deepEqual(closed, ['a b', 'd/\xc3\xa9', '', '\xc3\xa4/a\\b'])
    assert.deepEqual(others.trimEnd().split('\n'), [
      "find: './gone': No such file or directory",
      "find: 'new'$'\\n''line': Permission denied",
      'stat: ./x: Permission denied',
    ])
  })

  it('are refused, unless they lie in what is left out', () => {
    const excluded = statsOfSpecs('d/', 'e/x')
    refuseClosed(['d', 'd/sub/file'], excluded.slice(1))
    for (const path of ['other', 'dd', 'e/x', '', 'caf\ufffd'])
      assert.throws(() => refuseClosed(['d', path], excluded.slice(1)), {code: 'FILE_UNREADABLE'}, path)
  })
})
