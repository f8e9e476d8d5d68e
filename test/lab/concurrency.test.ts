import assert from 'node:assert/strict'
import {rmSync} from 'node:fs'

import type {Checkpoint} from '../../src/core/checkpoint.js'
import type {Lease} from '../../src/core/lease.js'
import {openLab, type Forked, type Lab} from './support/cli.js'
import {leftovers} from './support/leftovers.js'
import {sh} from './support/shell.js'

/** Processes that work on one state directory at the same time. */
const PROCESSES = 50

describe('fifty processes at the same time', function () {
  this.timeout(600_000)
  let lab: Lab
  before(() => (lab = openLab('concurrency')))
  after(() => lab.close())

  it('create, fork and delete without losing a record or reviving one', async () => {
    const base = await lab.json<Lease>('warmup')
    rmSync(base.workdir, {recursive: true})
    sh('mkdir "$1"; cd "$1"; for i in $(seq 30); do echo $i > f$i; done', base.workdir)
    const shared = await lab.json<Checkpoint>('checkpoint', 'create', '--id', base.slug)
    const kept = new Set<string>([shared.id])
    const deleted = new Set<string>()

    await Promise.all(
      Array.from({length: PROCESSES}, async (_, i) => {
        const {forks} = await lab.json<Forked>('checkpoint', 'fork', shared.id)
        const lease = forks[0]?.lease
        assert.ok(lease)
        sh('echo "$2" > "$1/own"', lease.workdir, String(i))
        const own = await lab.json<Checkpoint>('checkpoint', 'create', '--id', lease.slug, '--name', `own-${i}`)
        if (i % 2 === 0) {
          await lab.json('checkpoint', 'delete', own.id)
          deleted.add(own.id)
        } else kept.add(own.id)
        await lab.json('stop', '--id', lease.slug)
      }),
    )

    const {checkpoints} = await lab.json<{checkpoints: Checkpoint[]}>('checkpoint', 'list', '--verify')
    assert.deepEqual(new Set(checkpoints.map(row => row.id as string)), kept)
    assert.ok([...deleted].every(id => !kept.has(id)))
    assert.deepEqual(await leftovers(lab), [])
  })

  it('deletes a parent while others build on it, and every survivor stays whole', async () => {
    const base = await lab.json<Lease>('warmup')
    sh('cd "$1"; for i in $(seq 30); do echo $i > f$i; done', base.workdir)
    const parent = await lab.json<Checkpoint>('checkpoint', 'create', '--id', base.slug)
    const forked = await lab.json<Forked>('checkpoint', 'fork', parent.id, '--count', '8')
    const creates = forked.forks.map(({lease}) => lab.run('checkpoint', 'create', '--id', lease.slug))
    const [removal, ...made] = await Promise.all([lab.run('checkpoint', 'delete', parent.id), ...creates])
    assert.equal(removal.code, 0)
    // Whoever comes a moment too late is told so, and has lost nothing.
    for (const {code, stderr} of made)
      assert.ok(code === 0 || (code === 6 && stderr.includes('PARENT_DELETED')), stderr)
    const {code} = await lab.run('checkpoint', 'list', '--verify')
    assert.equal(code, 0)
    assert.deepEqual(await leftovers(lab), [])
  })
})
