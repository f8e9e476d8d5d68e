import assert from 'node:assert/strict'
import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import type {Lease} from '../../src/core/lease.js'
import {useSandbox} from '../support/cli.js'
import {BROKEN, linkPlugins, UNKNOWN_TIER, type TinyPlugin} from '../support/plugins.js'

const COMMAND: TinyPlugin = {name: 'crabbox-plugin-command', command: 'throw new Error("no command\\nsecond line")'}

const linesOf = (text: string): string[] => text.split('\n').filter(line => line !== '')

describe('plugins that are broken', () => {
  describe('in what they register', () => {
    const sandbox = useSandbox(async box => linkPlugins(box, [...BROKEN, UNKNOWN_TIER]))

    it('are named in one line each, and hide no other provider', async () => {
      const {code, stderr, json} = await sandbox.run(['providers', 'list', '--json'])
      assert.equal(code, 0)
      const lines = linesOf(stderr)
      for (const {name, said} of BROKEN) {
        const about = lines.filter(line => line.includes(name))
        assert.equal(about.length, 1, `${name}: ${stderr}`)
        assert.match(String(about[0]), said)
        assert.match(String(about[0]), /^warning: the plugin /)
      }

      assert.equal(lines.length, BROKEN.length, stderr)
      assert.deepEqual(
        (json as {name: string}[]).map(({name}) => name),
        ['local', 'ssh', 'aws', 'odd'],
      )
    })

    it('are not even noticed by commands that need no provider of theirs', async () => {
      const lease = await sandbox.json<Lease>(['warmup'])
      const commands = [
        ['list'],
        ['checkpoint', 'list'],
        ['status', '--id', lease.slug],
        ['run', '--id', lease.slug, '--', 'true'],
      ]
      for (const args of commands) {
        const json = args[0] === 'run' ? [] : ['--json']
        const outcome = await sandbox.run([...args, ...json])
        assert.deepEqual([outcome.code, outcome.stderr.replace(/^synced.*\n/m, '')], [0, ''], args.join(' '))
        if (json.length > 0) assert.notEqual(outcome.json, undefined, outcome.stdout)
      }
    })

    it('are one error when their provider is asked for', async () => {
      const odd = await sandbox.run(['warmup', '--provider', 'odd', '--json'])
      assert.equal(odd.code, 3)
      const {error} = odd.json as {error: {code: string; message: string}}
      assert.equal(error.code, 'PROVIDER_INVALID')
      assert.match(error.message, /the provider odd declares the tier floppy, which is none of recipe/)
      const future = await sandbox.run(['warmup', '--provider', 'future'])
      assert.equal(future.code, 4)
      assert.match(future.stderr, /^warning: the plugin crabbox-plugin-newer .* contract 99/m)
      assert.match(future.stderr, /there is no provider named "future"/)
    })
  })

  describe('as oclif loads them', () => {
    const gone = {type: 'user', name: 'crabbox-plugin-gone', tag: 'latest'}
    const sandbox = useSandbox(async box => linkPlugins(box, [COMMAND], [gone]))

    it('are named in one line each, and keep no command from its work', async () => {
      for (const args of [['list'], ['providers', 'list'], ['checkpoint', 'list']]) {
        const {code, stderr, json} = await sandbox.run([...args, '--json'])
        assert.equal(code, 0)
        assert.notEqual(json, undefined)
        const lines = linesOf(stderr).sort()
        assert.equal(lines.length, 2, stderr)
        assert.match(String(lines[0]), /^warning: the plugin crabbox-plugin-command cannot be loaded: no command;/)
        assert.match(
          String(lines[1]),
          /^warning: the plugin crabbox-plugin-gone cannot be loaded: could not find package.json;/,
        )
      }
    })
  })

  describe('in the list of them', () => {
    const sandbox = useSandbox(async ({dir}) => {
      mkdirSync(join(dir, 'DATA'))
      writeFileSync(join(dir, 'DATA', 'package.json'), '{')
    })

    it('are told of in one line, and the rest works', async () => {
      const {code, stderr} = await sandbox.run(['list'])
      assert.equal(code, 0)
      assert.match(stderr, /^warning: the list of plugins, package.json in the data directory, cannot be read: .*\n$/)
    })
  })
})
