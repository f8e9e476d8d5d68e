import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'

import {quoteFor, readBashLine} from '../../../src/cli/completion/shells/bash-words.js'

/** bash's own, in another order. */
const BREAKS = ' \t\n"\'@><=;|&(:'

describe('a line of bash', () => {
  const words = (before: string, after = ''): unknown => readBashLine(before, after, BREAKS).line

  it('is split at blanks that no quote protects', () => {
    assert.deepEqual(words(`crabbox a  'b c' "d \\"e" f\\ g h`), {
      before: ['a', 'b c', 'd "e', 'f g'],
      current: 'h',
      after: [],
    })
    assert.deepEqual(words('crabbox '), {before: [], current: '', after: []})
    assert.deepEqual(words(`crabbox '' ""x '\\' `), {before: ['', 'x', '\\'], current: '', after: []})
  })

  it('is known beyond the cursor, except for the rest of its word', () => {
    assert.deepEqual(words('crabbox a b', 'c --id "x y"'), {before: ['a'], current: 'b', after: ['--id', 'x y']})
    assert.deepEqual(words('crabbox a ', ' --id x'), {before: ['a'], current: '', after: ['--id', 'x']})
  })

  it('may begin with variables for the command', () => {
    assert.deepEqual(words('A=1 B="x y" crabbox a'), {before: [], current: 'a', after: []})
  })

  it('is completed from its last break on, or from an open quote', () => {
    const stem = (text: string, breaks = BREAKS): string[] => {
      const {word} = readBashLine(`crabbox ${text}`, '', breaks)
      return [word.stem, word.value, word.quote]
    }
    assert.deepEqual(stem('--id=bl'), ['--id=', '--id=bl', ''])
    assert.deepEqual(stem('--id=bl', ' '), ['', '--id=bl', ''])
    assert.deepEqual(stem('me@ho'), ['me', 'me@ho', ''])
    assert.deepEqual(stem('a:b=c:d'), ['a:b=c:', 'a:b=c:d', ''])
    assert.deepEqual(stem('a\\:b'), ['', 'a:b', ''])
    assert.deepEqual(stem(`--x="a:b`), ['--x=', '--x=a:b', '"'])
    assert.deepEqual(stem(`a"b`), ['a', 'ab', '"'])
    assert.deepEqual(stem(`'it`), ['', 'it', "'"])
    assert.deepEqual(stem(`'a\\'`), ['', 'a\\', ''])
    assert.deepEqual(stem(`"a\\b`), ['', 'a\\b', '"'])
    assert.deepEqual(stem(`"a"b`), ['', 'ab', ''])
  })

  it('leaves redirections to bash', () => {
    for (const line of ['list > a', 'list >a', 'list 2>>', 'list 2>&1 <x'])
      assert.ok(readBashLine(`crabbox ${line}`, '', BREAKS).redirected, line)
    for (const line of ['list a', 'list "> a', 'run -- a\\>'])
      assert.ok(!readBashLine(`crabbox ${line}`, '', BREAKS).redirected, line)
  })
})

describe('a candidate for bash', () => {
  it('is read by bash as what it stands for, in every quote', () => {
    const texts = [
      `a b`,
      `it's`,
      `"$HOME" \`id\` \\`,
      '$(id)',
      '~',
      '*?[x]',
      '!!',
      '{a,b}',
      'ä ö',
      'a;b|c&d<e>f#g',
      '#x',
    ]
    for (const text of texts)
      for (const quote of ['', "'", '"'] as const) {
        const script = `printf %s ${quote}${quoteFor(quote, text)}${quote}`
        assert.equal(execFileSync('bash', ['-c', script], {encoding: 'utf8'}), text, script)
      }
  })
})
