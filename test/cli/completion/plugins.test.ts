import assert from 'node:assert/strict'
import {existsSync, mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import {CONTRACT} from '../../../src/core/contract.js'
import {addPlugin, ask, listPlugins} from '../../support/completion.js'
import {temporaryDirectory} from '../../support/temporary.js'

describe('completion of what plugins bring', () => {
  const dir = temporaryDirectory()
  const values = async (line: string): Promise<readonly string[]> =>
    (await ask(line, {CRABBOX_DATA_DIR: dir(), CRABBOX_STATE_DIR: dir()})).values
  const registers = (name: string): string =>
    `registry.register({name: '${name}', summary: 'S', contract: ${CONTRACT}, load: async () => ({})})`
  const hook = (...names: string[]): string =>
    `export default async function ({registry}) { ${names.map(registers).join('; ')} }`
  const hooks = (target: unknown): Record<string, unknown> => ({hooks: {'crabbox:providers': target}})

  it('offers providers after our own', async () => {
    addPlugin(dir(), 'one', hooks('./hook'), {'hook.js': hook('zfs', 'lxd')})
    addPlugin(dir(), '@two/plugin', hooks(['./hook.mjs']), {'hook.mjs': hook('vm')})
    addPlugin(dir(), 'three', hooks({target: './hook.js', identifier: 'named'}), {
      'hook.js': hook('named').replace('default', '').replace('function', 'function named'),
    })
    addPlugin(dir(), 'four', hooks('./hook.cjs'), {
      'hook.cjs': hook('old').replace('export default', 'exports.default ='),
    })
    listPlugins(dir(), 'one', '@two/plugin', 'three', 'four')
    const all = await values('crabbox warmup --provider ')
    assert.deepEqual(all.slice(0, 3), ['local', 'ssh', 'aws'])
    assert.deepEqual([...all.slice(3)].sort(), ['lxd', 'named', 'old', 'vm', 'zfs'])
    for (const line of ['providers inspect ', 'checkpoint list --provider ', 'checkpoint recover --provider '])
      assert.equal((await values(`crabbox ${line}`)).length, 8, line)
  })

  it('offers the others when a plugin fails, prints, takes a name that is taken or never ends', async () => {
    const files = {
      throws: 'throw new Error("no")',
      gone: 'import "nowhere"; export default () => {}',
      prints: `console.log('printed'); console.error('printed'); ${hook('printing')}`,
      takes: hook('local', 'never'),
      hangs: `export default () => new Promise(() => setInterval(() => 0, 1000).unref())`,
      none: 'export default 7',
      good: hook('good'),
    }
    for (const [name, text] of Object.entries(files)) addPlugin(dir(), name, hooks('./hook.js'), {'hook.js': text})
    listPlugins(dir(), ...Object.keys(files), 'not-there')
    const all = await values('crabbox warmup --provider ')
    assert.deepEqual([...all].sort(), ['aws', 'good', 'local', 'printing', 'ssh'])
  })

  it('does not load a plugin for anything else', async () => {
    const mark = join(dir(), 'loaded')
    const text = `import {writeFileSync} from 'node:fs'; writeFileSync(${JSON.stringify(mark)}, ''); ${hook('x')}`
    addPlugin(dir(), 'one', hooks('./hook.js'), {'hook.js': text})
    listPlugins(dir(), 'one')
    for (const line of ['', 'warmup --', 'warmup --class ', 'stop --id ', 'checkpoint fork '])
      await values(`crabbox ${line}`)
    assert.ok(!existsSync(mark))
    await values('crabbox warmup --provider ')
    assert.ok(existsSync(mark))
  })

  it('offers commands of a plugin, and values by the words of its help', async () => {
    const flags = {
      id: {name: 'id', type: 'option', helpValue: 'PROVIDER'},
      level: {type: 'option', options: ['a', 'b']},
    }
    const commands = {
      'rack:status': {summary: 'Show <%= config.bin %>s.\nMore.', flags, args: {}, strict: true},
      'rack:secret': {hidden: true},
    }
    const topics = {rack: {description: 'Racks.'}}
    addPlugin(dir(), 'one', {topics}, {'oclif.manifest.json': JSON.stringify({commands})})
    listPlugins(dir(), 'one')
    const {values: all, descriptions} = await ask('crabbox ', {CRABBOX_DATA_DIR: dir()})
    assert.equal(descriptions[all.indexOf('rack')], 'Racks.')
    assert.ok(all.includes('run'))
    const inTopic = await ask('crabbox rack ', {CRABBOX_DATA_DIR: dir()})
    assert.deepEqual(inTopic, {kind: 'values', values: ['status'], descriptions: ['Show crabboxs.']})
    assert.deepEqual(await values('crabbox rack status --level '), ['a', 'b'])
    assert.deepEqual(await values('crabbox rack status --id '), ['local', 'ssh', 'aws'])
    assert.deepEqual(await values('crabbox plugins uninstall '), ['one'])
  })

  it('offers the commands of a plugin that is linked from elsewhere, with a manifest of either name', async () => {
    const elsewhere = join(dir(), 'elsewhere')
    addPlugin(elsewhere, 'mine', {}, {'.oclif.manifest.json': '{"commands": {"mine": {"summary": "M"}}}'})
    const plugins = [{name: 'mine', type: 'link', root: join(elsewhere, 'node_modules/mine')}]
    writeFileSync(join(dir(), 'package.json'), JSON.stringify({oclif: {plugins}}))
    assert.ok((await values('crabbox ')).includes('mine'))
  })

  it('ignores manifests that are no manifests', async () => {
    const texts = ['', '7', '{"commands": 7}', '{"commands": {"a": 7, "b": {"flags": 7, "args": [7], "aliases": {}}}}']
    for (const [i, text] of texts.entries()) addPlugin(dir(), `p${i}`, {topics: 7}, {'oclif.manifest.json': text})
    listPlugins(dir(), 'p0', 'p1', 'p2', 'p3')
    const all = await values('crabbox ')
    assert.ok(all.includes('run') && all.includes('b') && !all.includes('a'), all.join())
    mkdirSync(join(dir(), 'empty'))
    writeFileSync(join(dir(), 'package.json'), '{"oclif": {"plugins": [7, {"name": 7}, "x"]}}')
    assert.ok((await values('crabbox ')).includes('run'))
  })
})
