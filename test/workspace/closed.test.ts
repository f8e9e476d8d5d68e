import assert from 'node:assert/strict'

import {closedIn, refuseClosed} from '../../src/workspace/closed.js'
import {statsOfSpecs} from '../support/entries.js'

describe('directories that cannot be read', () => {
  it('are what find says that they are, whoever made it', () => {
    const errors = `find: './a b': Permission denied
find: ./d/é: Permission denied
find: './gone': No such file or directory
find: .: Permission denied
find: 'new'$'\\n''line': Permission denied
stat: ./x: Permission denied
`
    const {closed, errors: others} = closedIn(errors)
    assert.deepEqual(closed, ['a b', 'd/\xc3\xa9', ''])
    assert.deepEqual(others.trimEnd().split('\n'), [
      "find: './gone': No such file or directory",
      "find: 'new'$'\\n''line': Permission denied",
      'stat: ./x: Permission denied',
    ])
  })

  it('are refused, unless they are left out', () => {
    const stats = statsOfSpecs('d/', 'd/x')
    refuseClosed(['other'], stats)
    assert.throws(() => refuseClosed(['other', 'd'], stats), {code: 'FILE_UNREADABLE', message: /directory d cannot/})
  })
})
