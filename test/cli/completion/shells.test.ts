import assert from 'node:assert/strict'

import {complete} from '../../../src/cli/completion/main.js'
import {leaseRow, writeTables} from '../../support/completion.js'
import {projectRoot} from '../../support/project.js'
import {temporaryDirectory} from '../../support/temporary.js'

describe('what each shell is told', () => {
  const dir = temporaryDirectory()
  const tell = (...args: string[]): Promise<string> =>
    complete(projectRoot, args, {CRABBOX_STATE_DIR: dir(), CRABBOX_DATA_DIR: dir()})
  beforeEach(() =>
    writeTables(dir(), {
      leases: [
        leaseRow({id: 'cbx_000000000001', slug: 'a b:c\\d', age: 1}),
        leaseRow({id: 'cbx_000000000002', slug: 'other', age: 2}),
      ],
    }),
  )

  it('is, in bash, what matches and is still to be typed, in the quotes that are open', async () => {
    const bash = (line: string): Promise<string> => tell('bash', line, '', ' \t\n"\'@><=;|&(:')
    assert.equal(await bash('crabbox stop --id a'), 'values\n\na\\ b:c\\\\d\n')
    assert.equal(await bash('crabbox stop --id=a'), 'values\n\na\\ b:c\\\\d\n')
    assert.equal(await bash(`crabbox stop --id 'a b:`), 'values\n\na b:c\\d\n')
    assert.equal(await bash(`crabbox stop --id a\\ b:`), 'values\n\nc\\\\d\n')
    assert.equal(await bash('crabbox stop --id '), 'values\n\na\\ b:c\\\\d\nother\n')
    assert.equal(await bash('crabbox stop --id x'), 'values\n\n')
    assert.equal(await bash('crabbox checkpoint export x --output=a'), 'files\n\n')
    assert.equal(await bash('crabbox checkpoint export x -oa'), 'values\n\n')
    assert.equal(await bash('crabbox stop > '), 'files\n\n')
  })

  it('is, in zsh, all there is with descriptions behind colons, and what is kept of the word', async () => {
    assert.equal(
      await tell('zsh', '3', '--', 'crabbox', 'stop', '--id', 'x'),
      'values\n\na b\\:c\\\\d:local, shop, 1h\nother:local, shop, 2h\n',
    )
    assert.match(await tell('zsh', '2', '--', 'crabbox', 'stop', '--id=x'), /^values\n--id=\na b/)
    assert.equal(await tell('zsh', '3', '--', 'crabbox', 'status', 'x', 'y'), 'values\n\n')
    assert.equal(await tell('zsh', '2', '--', 'crabbox', 'completion', ''), 'values\n\nbash\nzsh\nfish\n')
    assert.match(await tell('zsh', '2', '--', 'crabbox', 'stop', '', '--id', 'x'), /^values\n\n(?!.*--id\b)/s)
  })

  it('is, in fish, all there is with descriptions behind tabs, as whole words', async () => {
    assert.equal(
      await tell('fish', '2', '--', 'crabbox', 'stop', '--id='),
      'values\n\n--id=a b:c\\d\tlocal, shop, 1h\n--id=other\tlocal, shop, 2h\n',
    )
    assert.equal(await tell('fish', '4', '--', 'crabbox', 'checkpoint', 'export', '-ox'), 'values\n\n')
    assert.equal(await tell('fish', '3', '--', 'crabbox', 'checkpoint', 'export', '-ox'), 'files\n-o\n')
  })

  it('is nothing in a shell that is not known', async () => {
    for (const args of [[], ['tcsh', '1', '--', 'crabbox', ''], ['toString'], ['fish'], ['bash'], ['zsh', 'x']])
      assert.doesNotMatch(await tell(...args), /undefined|Error/)
    assert.equal(await tell('tcsh', '1', '--', 'crabbox', ''), '')
  })
})
