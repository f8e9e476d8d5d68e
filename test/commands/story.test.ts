import assert from 'node:assert/strict'
import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'

import type {Checkpoint} from '../../src/core/checkpoint.js'
import type {Lease} from '../../src/core/lease.js'
import {useSandbox} from '../support/cli.js'
import {pictureOf, type Picture} from '../support/tree.js'

describe('the whole story', () => {
  const sandbox = useSandbox()
  const {run, json, write} = sandbox
  let source: Lease
  let fork: Lease
  let saved: Checkpoint
  let prepared: Picture

  it('warms up a lease for the repository', async () => {
    source = await json<Lease>(['warmup'])
    assert.match(source.slug, /^[a-z]+-[a-z]+$/)
    assert.equal(source.repo?.branch, 'main')
    assert.deepEqual(readdirSync(source.workdir), [])
  })

  it('syncs the checkout and runs a script in it', async () => {
    const script = 'mkdir -p node_modules/dep empty && echo ready > node_modules/dep/state && cat README.md'
    const {code, stdout} = await run(['run', '--id', source.slug, '--shell', script])
    assert.deepEqual({code, stdout}, {code: 0, stdout: 'A shop.\n'})
  })

  it('saves the workdir, with what the last run was', async () => {
    saved = await json<Checkpoint>(['checkpoint', 'create', '--id', source.slug, '--name', 'prepared'])
    prepared = await pictureOf(source.workdir)
    assert.equal(saved.state, 'ready')
    assert.equal(saved.story?.exitCode, 0)
    assert.equal(saved.sizes?.entries, prepared.size)
  })

  it('forks it into a lease that is equal, and leaves the source as it was', async () => {
    const {forks} = await json<{forks: {lease: Lease}[]}>(['checkpoint', 'fork', 'prepared'])
    assert.ok(forks[0])
    fork = forks[0].lease
    assert.equal(fork.forkedFrom, saved.id)
    assert.notEqual(fork.workdir, source.workdir)
    assert.deepEqual(await pictureOf(fork.workdir), prepared)
    assert.deepEqual(await pictureOf(source.workdir), prepared)
  })

  it('does not sync onto a fork, unless it is asked to', async () => {
    write('README.md', 'A better shop.\n')
    const plain = await run(['run', '--id', fork.slug, '--', 'cat', 'README.md', 'node_modules/dep/state'])
    assert.equal(plain.stdout, 'A shop.\nready\n', plain.stderr)
    const asked = await run(['run', '--id', fork.slug, '--sync', '--', 'cat', 'README.md', 'node_modules/dep/state'])
    assert.equal(asked.stdout, 'A better shop.\nready\n', asked.stderr)
  })

  it('restores the source after an edit, and undoes that as often as it is asked to', async () => {
    const script = 'echo broken > README.md; rm -r node_modules; mkdir more; echo new > more/file'
    assert.equal((await run(['run', '--id', source.slug, '--no-sync', '--shell', script])).code, 0)
    const broken = await pictureOf(source.workdir)
    const restore = ['checkpoint', 'restore', 'prepared', '--id', source.slug]
    const restored = await json<{sent: string[]; removed: string[]}>(restore)
    assert.ok(restored.sent.includes('README.md') && restored.removed.includes('more/file'), JSON.stringify(restored))
    assert.deepEqual(await pictureOf(source.workdir), prepared)

    for (const tree of [broken, prepared, broken]) {
      const {code, stderr} = await run(['checkpoint', 'undo', '--id', source.slug])
      assert.equal(code, 0, stderr)
      assert.deepEqual(await pictureOf(source.workdir), tree)
    }
  })

  it('restores what was undone once more, twice in a row', async () => {
    for (let time = 1; time <= 2; time++) {
      const {code, stderr} = await run(['checkpoint', 'restore', saved.id, '--id', source.id])
      assert.equal(code, 0, stderr)
      assert.deepEqual(await pictureOf(source.workdir), prepared)
    }
  })

  it('deletes the checkpoint with all its bytes, while its forks stay', async () => {
    const {code, stdout} = await run(['checkpoint', 'delete', 'prepared'])
    assert.deepEqual({code, stdout}, {code: 0, stdout: `deleted ${saved.id} (prepared)\n`})
    assert.deepEqual(readdirSync(join(sandbox.state, 'layers')), [])
    assert.deepEqual(readdirSync(join(sandbox.state, 'manifests')), [])
    assert.equal(readFileSync(join(fork.workdir, 'node_modules/dep/state'), 'utf8'), 'ready\n')
  })

  it('stops the leases, and nothing of them is left', async () => {
    for (const lease of [source, fork]) assert.equal((await run(['stop', '--id', lease.slug])).code, 0)
    assert.equal(existsSync(source.workRoot) || existsSync(fork.workRoot), false)
    const files = [...(await sandbox.stateNow())]
      .filter(([, line]) => !line.startsWith('directory'))
      .map(([path]) => path)
    assert.deepEqual(files.sort(), ['catalog.json', 'leases.json'])
  })
})
