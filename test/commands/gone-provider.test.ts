import assert from 'node:assert/strict'
import {existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import type {Checkpoint} from '../../src/core/checkpoint.js'
import type {Lease} from '../../src/core/lease.js'
import {useSandbox} from '../support/cli.js'

describe('what a provider made whose plugin is not installed any more', () => {
  let lease: Lease
  let archive: Checkpoint
  let native: Checkpoint
  const sandbox = useSandbox(async box => {
    lease = await box.json<Lease>(['warmup'])
    archive = await box.json<Checkpoint>(['checkpoint', 'create', '--id', lease.slug])
    native = await box.json<Checkpoint>(['checkpoint', 'create', '--id', lease.slug, '--mode', 'recipe'])
    const artifact = {mechanism: 'floppy', reference: 'disk-1', details: {}}
    change('leases.json', rows => ({...rows, [lease.id]: {...lease, provider: 'gone'}}))
    change('catalog.json', rows => ({
      ...rows,
      [archive.id]: {...archive, provider: 'gone'},
      [native.id]: {...native, provider: 'gone', tier: 'provider-native', artifact},
    }))
  })

  function change(name: string, work: (rows: object) => object): void {
    const file = join(sandbox.state, name)
    const table = JSON.parse(readFileSync(file, 'utf8')) as {rows: object}
    writeFileSync(file, JSON.stringify({...table, rows: work(table.rows)}))
  }

  it('is still listed and shown', async () => {
    const {leases} = await sandbox.json<{leases: Lease[]}>(['list'])
    assert.deepEqual(
      leases.map(({id, provider}) => [id, provider]),
      [[lease.id, 'gone']],
    )
    const {checkpoints} = await sandbox.json<{checkpoints: Checkpoint[]}>(['checkpoint', 'list'])
    assert.equal(checkpoints.length, 2)
    assert.equal((await sandbox.run(['checkpoint', 'inspect', native.id])).code, 0)
  })

  it('is one clear error for whatever needs the provider, and stays as it was', async () => {
    const commands = [
      ['status', '--id', lease.slug],
      ['run', '--id', lease.slug, '--', 'true'],
      ['stop', '--id', lease.slug],
      ['checkpoint', 'create', '--id', lease.slug],
      ['checkpoint', 'fork', native.id],
      ['checkpoint', 'delete', native.id],
    ]
    for (const args of commands) {
      const {code, stderr} = await sandbox.run(args)
      assert.equal(code, 4, `${args.join(' ')}: ${stderr}`)
      assert.match(stderr, /there is no provider named "gone"/)
      assert.match(stderr, /Code: PROVIDER_UNKNOWN/)
    }

    const {leases} = await sandbox.json<{leases: (Lease & {interrupted: boolean})[]}>(['list'])
    assert.deepEqual(
      leases.map(({state, interrupted}) => [state, interrupted]),
      [['ready', false]],
    )
    const {checkpoints} = await sandbox.json<{checkpoints: Checkpoint[]}>(['checkpoint', 'list'])
    assert.deepEqual(
      checkpoints.map(({state}) => state),
      ['ready', 'ready'],
    )
  })

  it('can be used elsewhere, where that needs nothing of the provider, and be deleted', async () => {
    await sandbox.json(['checkpoint', 'fork', archive.id, '--provider', 'local'])
    const layers = join(sandbox.state, 'layers')
    assert.equal(readdirSync(layers).length, 1)
    await sandbox.json(['checkpoint', 'delete', archive.id])
    assert.deepEqual(readdirSync(layers), [])
  })

  it('can be forgotten', async () => {
    await sandbox.json(['checkpoint', 'delete', native.id, '--local-only'])
    await sandbox.json(['stop', '--id', lease.slug, '--forget'])
    const {leases} = await sandbox.json<{leases: Lease[]}>(['list'])
    assert.ok(!leases.some(({id}) => id === lease.id))
    assert.ok(existsSync(lease.workdir))
  })
})
