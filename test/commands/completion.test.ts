import assert from 'node:assert/strict'
import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import {useSandbox} from '../support/cli.js'
import {addPlugin, leaseRow, listPlugins, writeTables} from '../support/completion.js'

describe('completion', () => {
  const sandbox = useSandbox()

  it('prints a script for each shell that names no command or flag', async () => {
    for (const [shell, ending] of [
      ['bash', 'complete -F _crabbox crabbox\n'],
      ['zsh', 'compdef _crabbox crabbox\nfi\n'],
      ['fish', "-a '(__crabbox_complete)'\n"],
    ] as const) {
      const {code, stdout, stderr} = await sandbox.run(['completion', shell])
      assert.deepEqual([code, stderr], [0, ''])
      assert.ok(stdout.endsWith(ending), stdout)
      assert.doesNotMatch(stdout, /warmup|checkpoint|--id/)
      assert.deepEqual(await sandbox.run(['autocomplete', shell]), {code, stdout, stderr, json: undefined})
    }
  })

  it('refuses other shells and none, and says which there are', async () => {
    for (const args of [['tcsh'], []]) {
      const {code, stdout, stderr} = await sandbox.run(['completion', ...args])
      assert.deepEqual([code, stdout], [2, ''])
      assert.match(stderr, /bash.*zsh.*fish/s)
    }
  })

  it('answers a shell on standard output, and never fails', async () => {
    writeTables(sandbox.state, {leases: [leaseRow({id: 'cbx_000000000001', slug: 'blue-lobster'})]})
    const fine = await sandbox.run(['__complete', 'fish', '3', '--', 'crabbox', 'stop', '--id', ''])
    assert.deepEqual([fine.code, fine.stdout, fine.stderr], [0, 'values\n\nblue-lobster\tlocal, shop, 1h\n', ''])
    writeFileSync(join(sandbox.state, 'leases.json'), 'broken')
    const broken = await sandbox.run(['__complete', 'fish', '3', '--', 'crabbox', 'stop', '--id', ''])
    assert.deepEqual([broken.code, broken.stdout, broken.stderr], [0, '', ''])
    const odd = await sandbox.run(['__complete'])
    assert.deepEqual([odd.code, odd.stdout, odd.stderr], [0, '', ''])
  })

  it('ends although a plugin that was asked leaves work behind, and fails later', async () => {
    const data = join(sandbox.dir, 'DATA')
    mkdirSync(data, {recursive: true})
    const text = `export default () => { setInterval(() => 0, 1000); setTimeout(() => { throw new Error('late') }, 1) }`
    addPlugin(data, 'odd', {hooks: {'crabbox:providers': './hook.js'}}, {'hook.js': text})
    listPlugins(data, 'odd')
    const {code, stdout, stderr} = await sandbox.run(['__complete', 'bash', 'crabbox warmup --provider ', '', ' '])
    assert.deepEqual([code, stdout, stderr], [0, 'values\n\nlocal\nssh\naws\n', ''])
  })
})
