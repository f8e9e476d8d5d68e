import assert from 'node:assert/strict'

import {selectStats} from '../../src/workspace/excludes.js'
import {statsOfSpecs} from '../support/entries.js'

const bytes = (text: string): string => Buffer.from(text).toString('latin1')
const left = (specs: readonly string[], ...patterns: readonly string[]): string[] =>
  selectStats(statsOfSpecs(...specs), patterns).excluded.map(stat => stat.path)

describe('exclude patterns', () => {
  it('take all below a directory along', () => {
    const specs = ['a/', 'a/build/', 'a/build/x/', 'a/build/x/y', 'a/builds', 'build']
    assert.deepEqual(left(specs, 'build/'), ['a/build', 'a/build/x', 'a/build/x/y'])
    assert.deepEqual(left(specs, '/build'), ['build'])
    assert.deepEqual(left(specs, 'build'), ['a/build', 'a/build/x', 'a/build/x/y', 'build'])
  })

  it('mean what git means', () => {
    const specs = ['a/', 'a/b/', 'a/b/c.log', 'a/c.log', 'c.log', 'c.txt', 'x1', 'x2', 'xy', '#x', '!x', 'sp ']
    assert.deepEqual(left(specs, '*.log', '!/a/c.log'), ['a/b/c.log', 'c.log'])
    assert.deepEqual(left(specs, '/*.log'), ['c.log'])
    assert.deepEqual(left(specs, 'a/**/c.log'), ['a/b/c.log', 'a/c.log'])
    assert.deepEqual(left(specs, 'x[0-9]'), ['x1', 'x2'])
    assert.deepEqual(left(specs, 'x?'), ['x1', 'x2', 'xy'])
    assert.deepEqual(left(specs, '\\#x', '\\!x', '# c.txt'), ['#x', '!x'])
    assert.deepEqual(left(specs, 'a/', '!a/c.log'), ['a', 'a/b', 'a/b/c.log', 'a/c.log'])
  })

  it('tell upper from lower case', () => {
    assert.deepEqual(left(['build', 'Build', 'x.LOG'], 'Build', '*.log'), ['Build'])
  })

  it('match names that are not ASCII', () => {
    const specs = [bytes('münchen'), bytes('日本/'), bytes('日本/x'), bytes('é.log'), 'n\xff\xfe.log']
    assert.deepEqual(left(specs, 'münchen', '日本/'), [specs[0], bytes('日本'), bytes('日本/x')])
    assert.deepEqual(left(specs, '?.log'), [bytes('é.log')])
    assert.deepEqual(left(specs, '*.log'), [bytes('é.log'), 'n\xff\xfe.log'])
  })

  it('match names with spaces, newlines and other odd characters', () => {
    const specs = ['a b', 'a\nb', 'a"b', 'back\\slash', ' lead', '...', '~', '$x', '-rf', '*']
    assert.deepEqual(left(specs, '*'), specs)
    assert.deepEqual(left(specs, 'a?b'), ['a b', 'a\nb', 'a"b'])
    assert.deepEqual(left(specs, '\\*'), ['*'])
    assert.deepEqual(left(specs, '-*'), ['-rf'])
  })

  it('never leave out the workdir itself, nor the path above it', () => {
    for (const pattern of ['*', '/', '.', '**', './', '..']) assert.ok(!left(['a'], pattern).includes(''), pattern)
  })

  it('always hold for helpers that may have secrets, at the top only', () => {
    const specs = ['.crabbox/', '.crabbox/env', '.crabbox/scripts/', '.crabbox/scripts/a', '.crabbox/other', 'a/']
    const deep = ['a/.crabbox/', 'a/.crabbox/env']
    const secrets = ['.crabbox/env', '.crabbox/scripts', '.crabbox/scripts/a']
    assert.deepEqual(left([...specs, ...deep]), secrets)
    assert.deepEqual(left([...specs, ...deep], '*.log'), secrets)
    for (const pattern of ['!.crabbox/env', '!/.crabbox/scripts/', '!*', '!**', '!.crabbox/scripts/a'])
      assert.deepEqual(left([...specs, ...deep], pattern), secrets, pattern)
    assert.deepEqual(left(['.crabbox/', '.crabbox/env/', '.crabbox/env/x']), ['.crabbox/env', '.crabbox/env/x'])
  })
})
