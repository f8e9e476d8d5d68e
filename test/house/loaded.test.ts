import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join, relative} from 'node:path'
import {fileURLToPath} from 'node:url'

import {useSandbox, type Sandbox} from '../support/cli.js'
import {projectRoot} from '../support/project.js'

/** What only some commands need: by the source or the package that a file holds. */
const HEAVY =
  /node_modules\/(?:@aws-sdk|@smithy|@inquirer|@oclif\/plugin-|ssh2|node-ssh|ssh-config|yaml|tar-stream|ignore|semver|ejs)\b|^src\/(?:providers|transports|tiers|workspace|testing)\//

describe('what is loaded', () => {
  const sandbox = useSandbox()
  let sources: Record<string, string[]>

  before(() => {
    const modules = execFileSync(process.execPath, ['scripts/bundle.js', '--modules'], {cwd: projectRoot})
    sources = JSON.parse(modules.toString()) as Record<string, string[]>
  })

  /** The files that ran, and for those of dist/ the sources in them. */
  async function loadedBy(args: string[], env: Record<string, string> = {}): Promise<{files: string[]; all: string[]}> {
    const files = await filesOf(sandbox, args, env)
    const all = files.flatMap(file => {
      const name = relative('dist', file)
      if (name.startsWith('..')) return [file]
      assert.ok(sources[name] !== undefined, `${file} is not what would be built: run npm run compile`)
      return sources[name]
    })
    return {files, all}
  }

  it('for --version is the launcher alone', async () => {
    const {files, all} = await loadedBy(['--version'])
    assert.deepEqual(files.sort(), ['bin/run.js', 'dist/cli/start.js'])
    assert.deepEqual(all.sort(), ['bin/run.js', 'src/cli/start.ts'])
  })

  for (const args of [['list'], ['checkpoint', 'list'], ['checkpoint', 'list', '--json']]) {
    it(`for ${args.join(' ')} is nothing that it does not need, in few files`, async () => {
      const {files, all} = await loadedBy(args)
      assert.ok(all.includes(`src/commands/${args.filter(word => !word.startsWith('-')).join('/')}.ts`), all.join('\n'))
      assert.deepEqual(
        all.filter(file => HEAVY.test(file)),
        [],
      )
      assert.ok(files.length <= 6, files.join('\n'))
    })
  }

  it('for the same with a plugin installed is no code of the plugin', async () => {
    const data = join(sandbox.dir, 'plugged')
    installPlugin(data)
    const {all} = await loadedBy(['checkpoint', 'list'], {CRABBOX_DATA_DIR: data})
    assert.deepEqual(
      all.filter(file => /stranger/.test(file) || HEAVY.test(file)),
      [],
    )
    const listed = await loadedBy(['providers', 'list'], {CRABBOX_DATA_DIR: data})
    assert.ok(
      listed.all.some(file => file.endsWith('stranger/providers.js')),
      'the test would not see it',
    )
  })

  it('is seen where something heavy is needed', async () => {
    const {all} = await loadedBy(['warmup'])
    assert.ok(all.includes('src/providers/local/index.ts'), all.join('\n'))
    assert.deepEqual(
      all.filter(file => /@aws-sdk|ssh2|@inquirer|src\/providers\/(?:aws|ssh)\//.test(file)),
      [],
    )
  })
})

/** Relative to the project: Node writes down every script that ran, however it was loaded. */
async function filesOf(sandbox: Sandbox, args: string[], env: Record<string, string>): Promise<string[]> {
  const coverage = join(sandbox.dir, 'coverage')
  const {code, stderr} = await sandbox.run(args, {env: {...env, NODE_V8_COVERAGE: coverage}})
  assert.equal(code, 0, stderr)
  const reports = readdirSync(coverage).map(
    file => JSON.parse(readFileSync(join(coverage, file), 'utf8')) as {result: {url: string}[]},
  )
  rmSync(coverage, {recursive: true})
  const urls = new Set(reports.flatMap(({result}) => result.map(({url}) => url)))
  return [...urls].filter(url => url.startsWith('file:')).map(url => relative(projectRoot, fileURLToPath(url)))
}

/** A plugin that brings a provider. */
function installPlugin(data: string): void {
  const root = join(data, 'node_modules', 'stranger')
  mkdirSync(root, {recursive: true})
  const description = {name: 'stranger', version: '1.0.0', oclif: {hooks: {'crabbox:providers': './providers.js'}}}
  writeFileSync(join(root, 'package.json'), JSON.stringify(description))
  writeFileSync(join(root, 'providers.js'), 'module.exports = () => undefined')
  const plugins = [{name: 'stranger', type: 'link', root}]
  writeFileSync(join(data, 'package.json'), JSON.stringify({private: true, oclif: {schema: 1, plugins}}))
}
