import assert from 'node:assert/strict'
import {execFile} from 'node:child_process'
import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {promisify} from 'node:util'

import {commandsOf, filesOf} from '../support/page.js'
import {openInstalled, type Installed} from './support/installed.js'

const PAGE = 'writing-a-provider.md'
const FILES = ['package.json', 'hook.js', 'provider.js', 'provider.test.js']

/** What a stranger does who has the page and an installed Crabbox, word for word. */
describe('the page about writing a provider, followed by a stranger', () => {
  let crabbox: Installed
  let dir: string
  before(async () => {
    crabbox = await openInstalled(['crabbox-plugin-shm'])
    dir = join(crabbox.dir, 'crabbox-plugin-shm')
    mkdirSync(dir)
    for (const [name, content] of Object.entries(filesOf(PAGE, FILES))) writeFileSync(join(dir, name), content)
  })
  after(() => crabbox.close())

  /** Types the lines that the page shows under a heading, in the plugin's directory, and returns what was printed. */
  const type = async (heading: string): Promise<string> => {
    const script = commandsOf(PAGE, heading)
    const options = {cwd: dir, env: {...crabbox.env, PATH: crabbox.path}, maxBuffer: Infinity}
    return promisify(execFile)('sh', ['-euc', script], options).then(
      ({stdout}) => stdout,
      // The cases that fail are named in the output, which the error of execFile does not show.
      (error: {stdout: string; stderr: string}) => assert.fail(`${error.stdout}\n${error.stderr}`),
    )
  }

  it('passes the suite', async () => {
    const said = await type('3. The proof')
    assert.match(said, /^# fail 0$/m)
    assert.ok(Number(/^# pass (\d+)$/m.exec(said)?.[1]) > 120, said)
  })

  it('is linked, verified, and leases, saves and forks', async () => {
    const said = await type('4. Use it')
    assert.match(said, /^shm: \d+ passed, 0 failed$/m)
    assert.match(said, /provider-native/)
    const {leases} = await crabbox.json<{leases: {slug: string; provider: string; forkedFrom: string | null}[]}>('list')
    assert.deepEqual(
      leases.map(({provider}) => provider),
      ['shm', 'shm'],
    )
    const fork = leases.find(({forkedFrom}) => forkedFrom !== null)
    const {stdout} = await crabbox.run('run', '--id', String(fork?.slug), '--shell', 'cat greeting')
    assert.equal(stdout, 'hello\n')
    for (const {slug} of leases) await crabbox.json('stop', '--id', slug)
    await crabbox.json('checkpoint', 'delete', 'greeted')
  })

  it('is published, and installed by others', async () => {
    await crabbox.publish(dir)
    await crabbox.run('plugins', 'unlink', 'crabbox-plugin-shm')
    const installed = await crabbox.run('plugins', 'install', 'crabbox-plugin-shm')
    assert.equal(installed.code, 0, installed.stderr)
    const providers = await crabbox.json<{name: string}[]>('providers', 'list')
    assert.ok(providers.some(({name}) => name === 'shm'))
  })
})
