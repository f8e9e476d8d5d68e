import assert from 'node:assert/strict'
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import {useSandbox, type CliOptions, type Outcome} from '../support/cli.js'
import {projectRoot} from '../support/project.js'

/** oclif as it is installed, told of the same program. */
const PEER = `import {execute} from ${JSON.stringify(import.meta.resolve('@oclif/core'))}
await execute({dir: ${JSON.stringify(join(projectRoot, 'bin', 'run.js'))}})`

interface Described {
  readonly oclif: {readonly plugins?: readonly string[]; readonly hooks?: Readonly<Record<string, unknown>>}
}

const LINES = [
  '',
  '--version',
  '--help',
  'list',
  'list --help',
  'list -- --help',
  'list --helpful',
  'list extra',
  'list extra --help',
  'checkpoint list --help --json',
  'checkpoint --help',
  'list --host a --all-hosts',
  '--json list',
  'lst',
  'checkpoint',
  'checkpoint:list',
  'checkpoint list --tier none',
  'checkpoint lst',
  'checkpoint inspect',
  'completion',
  'completion none',
  'autocomplete',
  'checkpoint inspect none',
  'checkpoint inspect none more',
  'run',
  'run --id none -- true --help',
  'run nothing',
  'plugins',
]

describe('the start of the program', () => {
  const sandbox = useSandbox(async ({dir}) => writeFileSync(join(dir, 'peer.mjs'), PEER))
  const alone = (args: string[], options: CliOptions): Promise<Outcome> =>
    sandbox.run(args, {...options, program: join(sandbox.dir, 'peer.mjs')})

  async function endsAlike(line: string, options: CliOptions = {}): Promise<string> {
    const args = line.split(' ').filter(Boolean)
    const [{code, stdout, stderr}, peer] = await Promise.all([sandbox.run(args, options), alone(args, options)])
    assert.deepEqual(
      {line, code, stdout, stderr: withoutStacks(stderr)},
      {line, code: peer.code, stdout: peer.stdout, stderr: withoutStacks(peer.stderr)},
    )
    return stdout
  }

  it('ends as oclif alone does, whatever is asked', async () => {
    for (const line of LINES) await endsAlike(line)
  })

  it('ends as oclif alone does where an environment variable changes what is done', async () => {
    await endsAlike('checkpoint inspect none', {env: {CRABBOX_DEBUG: '1'}})
    await endsAlike('list --json', {env: {CRABBOX_STATE_DIR: 'relative'}})
    await endsAlike('warmup', {env: {CRABBOX_CLASS: 'none'}})
  })

  it('misses no hook where it leaves the plugins of oclif out', () => {
    const describe = (directory: string): Described =>
      JSON.parse(readFileSync(join(projectRoot, directory, 'package.json'), 'utf8')) as Described
    const plugins = describe('.').oclif.plugins ?? []
    assert.ok(plugins.length > 0)
    const hooks = plugins.flatMap(name => Object.keys(describe(join('node_modules', name)).oclif.hooks ?? {}))
    // Called by a plugin that there is not.
    assert.deepEqual(hooks, ['update'])
  })

  it('runs the hooks of plugins, and leaves to them what is theirs', async () => {
    const env = {CRABBOX_DATA_DIR: join(sandbox.dir, 'plugged')}
    installPlugin(env.CRABBOX_DATA_DIR)
    for (const line of ['--version', 'list', 'stranger']) {
      const stdout = await endsAlike(line, {env})
      assert.match(stdout, /init hook/, line)
      assert.doesNotMatch(stdout, /not the one/, line)
      assert.equal(stdout.includes("the stranger's own"), line === 'stranger')
    }
  })
})

/** Where it happened is in another file, whatever happened. */
const withoutStacks = (text: string): string => text.replaceAll(/^ {4}at .*\n/gm, '')

/** A plugin with a hook, a command of its own, and one whose name is taken. */
function installPlugin(data: string): void {
  const root = join(data, 'node_modules', 'stranger')
  mkdirSync(join(root, 'commands'), {recursive: true})
  const command = (says: string): string => `module.exports = class {
    static id; static args = {}; static flags = {}; static aliases = []; static hiddenAliases = []
    static run() { console.log(${JSON.stringify(says)}) }
  }`
  const files = {
    'package.json': JSON.stringify({
      name: 'stranger',
      version: '1.0.0',
      oclif: {commands: './commands', hooks: {init: './init.js'}},
    }),
    'init.js': "module.exports = () => console.log('init hook')",
    'commands/stranger.js': command("the stranger's own"),
    'commands/list.js': command('not the one'),
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text)
  const plugins = [{name: 'stranger', type: 'link', root}]
  writeFileSync(join(data, 'package.json'), JSON.stringify({private: true, oclif: {schema: 1, plugins}}))
}
