import assert from 'node:assert/strict'

import type {Checkpoint} from '../../src/core/checkpoint.js'
import type {Lease} from '../../src/core/lease.js'
import {BLOCK_SHARING, canMount, mounted, type BlockSharing, type Mounted} from './support/block-sharing.js'
import {openLab, type Forked, type Lab} from './support/cli.js'
import {difference, sh} from './support/shell.js'

const SIZE = 40_000_000

if (canMount()) BLOCK_SHARING.forEach(describeOn)
else
  it('forks that share blocks need a file system that can be mounted', function () {
    this.skip()
  })

function describeOn(type: BlockSharing): void {
  describe(`forks beside each other on ${type}`, () => {
    let place: Mounted | null = null
    let lab: Lab
    before(() => {
      place = mounted(type)
      lab = openLab('copies', {base: place?.dir ?? ''})
    })
    after(() => place?.close())

    it('share the blocks of the first', async () => {
      const used = (): number => place?.used() ?? 0
      const lease = await lab.json<Lease>('warmup')
      sh('head -c "$2" /dev/urandom > "$1/data"; mkdir "$1/d"; echo small > "$1/d/small"', lease.workdir, String(SIZE))
      const saved = await lab.json<Checkpoint>('checkpoint', 'create', '--id', lease.slug)
      const before = used()
      const {forks} = await lab.json<Forked>('checkpoint', 'fork', saved.id, '--count', '4')
      const grown = used() - before
      assert.ok(grown > SIZE * 0.9 && grown < SIZE * 1.5, `${grown} bytes more`)
      for (const {lease: fork} of forks) assert.equal(difference(lease.workdir, fork.workdir), '')
    })
  })
}
