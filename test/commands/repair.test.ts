import assert from 'node:assert/strict'
import {readFileSync, truncateSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import type {Checkpoint} from '../../src/core/checkpoint.js'
import type {Lease} from '../../src/core/lease.js'
import {useSandbox} from '../support/cli.js'

describe('doctor --repair', () => {
  const sandbox = useSandbox(async () => undefined)
  const {json, run, state} = sandbox

  it('loses neither a lease nor a checkpoint that the previous generation saw begun', async () => {
    const lease = await json<Lease>(['warmup', '--slug', 'only'])
    writeFileSync(join(lease.workdir, 'work'), 'of a whole day')
    const saved = await json<Checkpoint>(['checkpoint', 'create', '--id', 'only'])
    for (const name of ['catalog.json', 'leases.json']) {
      const previous = JSON.parse(readFileSync(join(state, `${name}.previous`), 'utf8')) as {
        rows: Record<string, {state: string}>
      }
      assert.deepEqual(
        Object.values(previous.rows).map(row => row.state),
        ['creating'],
      )
      truncateSync(join(state, name), 20)
    }

    assert.equal((await run(['doctor', '--repair'])).code, 0)
    assert.equal(readFileSync(join(lease.workdir, 'work'), 'utf8'), 'of a whole day')
    assert.deepEqual(
      (await json<{leases: Lease[]}>(['list'])).leases.map(row => row.state),
      ['ready'],
    )
    const {checkpoint} = await json<{checkpoint: Checkpoint}>(['checkpoint', 'inspect', saved.id, '--verify'])
    assert.deepEqual([checkpoint.state, checkpoint.sizes], ['ready', saved.sizes])
    await json(['checkpoint', 'restore', saved.id, '--id', 'only'])
  })
})
