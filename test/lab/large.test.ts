import assert from 'node:assert/strict'
import {rmSync} from 'node:fs'

import type {Checkpoint} from '../../src/core/checkpoint.js'
import type {Lease} from '../../src/core/lease.js'
import {openLab, type Lab} from './support/cli.js'
import {difference, sh} from './support/shell.js'

describe('a 5 GB sparse file next to 50,000 small ones', function () {
  this.timeout(600_000)
  let lab: Lab
  before(() => (lab = openLab('large')))
  after(() => lab.close())

  it('is forked to the last bit, and stays sparse', async () => {
    const lease = await lab.json<Lease>('warmup')
    rmSync(lease.workdir, {recursive: true})
    sh(
      `mkdir "$1"; cd "$1"; truncate -s 5G image; printf head | dd of=image conv=notrunc status=none; printf middle | dd of=image bs=1M seek=2500 conv=notrunc status=none
      mkdir $(seq 100); for d in $(seq 100); do for f in $(seq 500); do echo $d.$f > $d/$f; done; done`,
      lease.workdir,
    )
    const saved = await lab.json<Checkpoint>('checkpoint', 'create', '--id', lease.slug)
    assert.equal(saved.sizes?.entries, 50_102)
    assert.ok((saved.sizes?.stored ?? Number.POSITIVE_INFINITY) < 20e6)
    const {forks} = await lab.json<{forks: {lease: Lease}[]}>('checkpoint', 'fork', saved.id)
    const copy = forks[0]?.lease.workdir ?? ''
    assert.equal(difference(lease.workdir, copy), '')
    assert.ok(Number(sh('du -k "$1/image" | cut -f1', copy)) < 1000)
  })
})
