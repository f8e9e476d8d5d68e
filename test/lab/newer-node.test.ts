import assert from 'node:assert/strict'
import {execFileSync, spawn} from 'node:child_process'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {outcomeOf, PROJECT} from './support/cli.js'

/** What does its work by itself where an older Node starts programs, and the stories that stand on it. */
const TESTS = [
  ...['workspace/layer/*', 'workspace/capture', 'workspace/read-entries', 'workspace/read-pieces'],
  ...['tiers/save', 'tiers/packed', 'tiers/received', 'tiers/borrowed', 'tiers/filled'],
  ...['commands/story', 'providers/ssh'],
].map(name => `.test/test/${name}.test.js`)

// It brings zstd along, and what was compiled for another Node is of no use to it.
describe('Node 24, beside the one that runs this', () => {
  let dir: string
  let node: string
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'crabbox-node-'))
    const name = `node-linux-${process.arch}`
    execFileSync('npm', ['install', '--prefix', dir, '--no-audit', '--no-fund', '--ignore-scripts', `${name}@24`], {
      stdio: 'ignore',
    })
    node = join(dir, 'node_modules', name, 'bin', 'node')
  })
  after(() => rmSync(dir, {recursive: true, force: true}))

  it('passes the same tests', async () => {
    const mocha = join(PROJECT, 'node_modules', 'mocha', 'bin', 'mocha.js')
    const args = [mocha, '--no-config', '--parallel', '--jobs', '2', '--timeout', '60000', '--fail-zero', ...TESTS]
    // Not the lab's: these count for themselves.
    const {CRABBOX_LAB, CRABBOX_TEST_STATS, CRABBOX_EXPECTED_SKIPS, ...env} = process.env
    void [CRABBOX_LAB, CRABBOX_TEST_STATS, CRABBOX_EXPECTED_SKIPS]
    const {code, stdout} = await outcomeOf(spawn(node, args, {cwd: PROJECT, env, stdio: ['ignore', 'pipe', 'pipe']}))
    assert.equal(code, 0, stdout)
    assert.ok(Number(/^ {2}(\d+) passing/m.exec(stdout)?.[1]) > 200, stdout)
  })
})
