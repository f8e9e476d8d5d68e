import assert from 'node:assert/strict'
import {execFileSync, spawn} from 'node:child_process'
import {cpSync, existsSync, mkdirSync, symlinkSync} from 'node:fs'
import {join} from 'node:path'

import type {Checkpoint} from '../../src/core/checkpoint.js'
import type {Lease} from '../../src/core/lease.js'
import {BROKEN, UNKNOWN_TIER, writePlugin} from '../support/plugins.js'
import {outcomeOf, PROJECT, type Forked, type Outcome} from './support/cli.js'
import {openInstalled, type Installed} from './support/installed.js'
import {sh} from './support/shell.js'

const EXAMPLE = 'crabbox-plugin-overlayfs'

describe('installed from a registry', () => {
  let crabbox: Installed
  let tested: Promise<Outcome>
  before(async () => {
    crabbox = await openInstalled([EXAMPLE, UNKNOWN_TIER.name, ...BROKEN.map(({name}) => name)])
    const example = copyExample(crabbox)
    sh('cd "$1" && npm run build', example)
    await crabbox.publish(example)
    const {env} = crabbox
    // While npm waits for the registry, the example is tested. What it mounts is out of sight: the machines that other tests
    // start meanwhile would each hold a copy of it, and a lease that is held elsewhere is saved by copying.
    tested = outcomeOf(
      spawn('unshare', ['--mount', 'npm', 'test'], {cwd: example, env, stdio: ['ignore', 'pipe', 'pipe']}),
    )
    const {code, stderr} = await crabbox.run('plugins', 'install', EXAMPLE)
    assert.equal(code, 0, stderr)
  })
  after(() => crabbox.close())

  it('the example compiles and passes its tests, conformance among them, with nothing but the package', async () => {
    const {code, stdout} = await tested
    assert.equal(code, 0, stdout)
    assert.match(stdout, /^# skipped 0$/m)
    assert.ok(Number(/^# pass (\d+)$/m.exec(stdout)?.[1]) > 130, stdout)
  })

  describe('with a plugin', () => {
    it('has its provider beside the others, with what it can be configured by', async () => {
      const providers = await crabbox.json<{name: string}[]>('providers', 'list')
      assert.deepEqual(
        providers.map(({name}) => name),
        ['local', 'ssh', 'aws', 'overlayfs'],
      )
      const {tiers} = await crabbox.json<{tiers: {tier: string}[]}>('providers', 'inspect', 'overlayfs')
      assert.deepEqual(
        tiers.map(({tier}) => tier),
        ['recipe', 'workspace-archive', 'provider-native'],
      )
    })

    it('leases, runs, saves and forks with it, in a directory of the user', async () => {
      const ground = openGround(crabbox)
      try {
        const lease = await crabbox.json<Lease>('warmup', '--provider', 'overlayfs')
        assert.ok(lease.workdir.startsWith(ground), lease.workdir)
        const run = (id: string, script: string) => crabbox.run('run', '--id', id, '--no-sync', '--shell', script)
        await run(lease.slug, 'echo saved > file')
        const saved = await crabbox.json<Checkpoint>('checkpoint', 'create', '--id', lease.slug, '--mode', 'native')
        const archive = await crabbox.json<Checkpoint>('checkpoint', 'create', '--id', lease.slug)
        assert.deepEqual([saved.tier, archive.tier], ['provider-native', 'workspace-archive'])
        await run(lease.slug, 'echo changed > file')
        const {forks} = await crabbox.json<Forked>('checkpoint', 'fork', saved.id, '--count', '2')
        for (const fork of forks) assert.equal((await run(fork.lease.slug, 'cat file')).stdout, 'saved\n')
        assert.equal((await run(lease.slug, 'cat file')).stdout, 'changed\n')
        await crabbox.json('checkpoint', 'restore', archive.id, '--id', lease.slug)
        assert.equal((await run(lease.slug, 'cat file')).stdout, 'saved\n')
        for (const {lease: fork} of forks) await crabbox.json('stop', '--id', fork.slug)
        await removed(crabbox, lease, saved)
      } finally {
        sh('umount -R -l "$1"', ground)
      }
    })

    it('names the broken ones that were installed, in a line each, and goes on', async () => {
      const plugins = [...BROKEN, UNKNOWN_TIER]
      const names = plugins.map(({name}) => name)
      await Promise.all(plugins.map(plugin => crabbox.publish(writePlugin(crabbox.dir, plugin))))
      const installed = await crabbox.run('plugins', 'install', ...names)
      assert.equal(installed.code, 0, installed.stderr)
      const {stderr} = await crabbox.run('providers', 'list', '--json')
      const lines = stderr.trim().split('\n')
      assert.equal(lines.length, BROKEN.length, stderr)
      for (const {name, said} of BROKEN)
        assert.ok(
          lines.some(line => line.includes(name) && said.test(line)),
          stderr,
        )
      for (const args of [['list'], ['checkpoint', 'list']]) {
        const outcome = await crabbox.run(...args, '--json')
        assert.deepEqual([outcome.code, outcome.stderr], [0, ''])
        JSON.parse(outcome.stdout)
      }

      assert.match((await crabbox.run('warmup', '--provider', 'odd')).stderr, /Code: PROVIDER_INVALID/)
    })
  })
})

/** Uninstalls the plugin while a lease and a checkpoint of it exist: they stay, and nothing else is in the way. */
async function removed(crabbox: Installed, lease: Lease, saved: Checkpoint): Promise<void> {
  const uninstalled = await crabbox.run('plugins', 'uninstall', EXAMPLE)
  assert.equal(uninstalled.code, 0, uninstalled.stderr)
  const providers = await crabbox.json<{name: string}[]>('providers', 'list')
  assert.deepEqual(
    providers.map(({name}) => name),
    ['local', 'ssh', 'aws'],
  )
  const {leases} = await crabbox.json<{leases: Lease[]}>('list')
  assert.deepEqual(
    leases.map(({id}) => id),
    [lease.id],
  )
  const {checkpoints} = await crabbox.json<{checkpoints: Checkpoint[]}>('checkpoint', 'list')
  assert.equal(checkpoints.length, 2)
  for (const args of [
    ['status', '--id', lease.id],
    ['stop', '--id', lease.id],
    ['checkpoint', 'fork', saved.id],
  ]) {
    const {code, stderr} = await crabbox.run(...args)
    assert.equal(code, 4, stderr)
    assert.match(stderr, /there is no provider named "overlayfs"/)
  }

  assert.ok(existsSync(join(lease.workdir, 'file')))
  await crabbox.json('checkpoint', 'delete', saved.id, '--local-only')
  await crabbox.json('stop', '--id', lease.id, '--forget')
  const local = await crabbox.json<Lease>('warmup')
  const ran = await crabbox.run('run', '--id', local.slug, '--', 'true')
  assert.equal(ran.code, 0)
  await crabbox.json('stop', '--id', local.slug)
}

/** The example as a stranger would have it: beside the installed package, and with the tools that compile it. */
function copyExample({dir, root}: Installed): string {
  const copy = join(dir, 'example')
  cpSync(join(PROJECT, 'examples', 'provider-plugin'), copy, {
    recursive: true,
    filter: path => !/provider-plugin\/(?:node_modules|dist)(?:\/|$)/.test(path),
  })
  mkdirSync(join(copy, 'node_modules', '.bin'), {recursive: true})
  symlinkSync(root, join(copy, 'node_modules', 'crabbox'))
  symlinkSync(join(PROJECT, 'node_modules', '@types'), join(copy, 'node_modules', '@types'))
  symlinkSync(join(PROJECT, 'node_modules', '.bin', 'tsc'), join(copy, 'node_modules', '.bin', 'tsc'))
  return copy
}

/** A directory for layers on a tmpfs, named in the user's configuration. */
function openGround({env, dir}: Installed): string {
  const ground = join(dir, 'ground')
  sh(
    `mkdir -p "$1" "$2/.config/crabbox"; mount -t tmpfs tmpfs "$1"
    printf 'providers:\\n  overlayfs:\\n    directory: %s/layers\\n' "$1" > "$2/.config/crabbox/config.yaml"`,
    ground,
    String(env['HOME']),
  )
  execFileSync('sh', ['-c', 'git init -q "$0"', join(dir, 'shop')], {env})
  return ground
}
