import assert from 'node:assert/strict'
import {mkdirSync} from 'node:fs'
import {join} from 'node:path'

import type {Checkpoint} from '../../src/core/checkpoint.js'
import type {Lease} from '../../src/core/lease.js'
import {openLab, type Lab, PROJECT} from './support/cli.js'
import {leftovers} from './support/leftovers.js'
import {difference, sh} from './support/shell.js'

describe('a full disk', function () {
  this.timeout(120_000)
  const mount = join(PROJECT, `.test-lab-disk-${process.pid}`)
  let lab: Lab
  let lease: Lease
  let reference: string

  before(async () => {
    mkdirSync(mount)
    sh('mount -t tmpfs -o size=48M tmpfs "$1"', mount)
    lab = openLab('full', {base: mount})
    lease = await lab.json<Lease>('warmup')
    sh('head -c 10000000 /dev/urandom > "$1/data"; echo small > "$1/small"', lease.workdir)
    reference = join(lab.dir, 'reference')
  })
  after(() => sh('umount "$1" && rmdir "$1"', mount))

  const fill = (): void =>
    void sh(
      'dd if=/dev/zero of="$1/filler" bs=1M 2>/dev/null || true; dd if=/dev/zero of="$1/filler2" bs=4k 2>/dev/null || true',
      mount,
    )
  const free = (): void => void sh('rm -f "$1/filler" "$1/filler2"', mount)
  // One that fails must not take the next with it.
  afterEach(() => {
    free()
    sh('rm -f "$1/more"', lease.workdir)
  })

  it('ends a create with one clear error, and leaves nothing', async () => {
    sh('head -c 12000000 /dev/urandom > "$1/filler"', mount)
    sh('head -c 16000000 /dev/urandom > "$1/more"', lease.workdir)
    const {code, stderr} = await lab.run('checkpoint', 'create', '--id', lease.slug)
    assert.equal(code, 3, stderr)
    // The message is wrapped where the width of the terminal says so, its code is not.
    assert.match(stderr, /Code: (?:STATE_)?DISK_FULL/)
    free()
    sh('rm "$1/more"', lease.workdir)
    assert.deepEqual(await leftovers(lab), [])
    assert.deepEqual((await lab.json<{checkpoints: Checkpoint[]}>('checkpoint', 'list')).checkpoints, [])
  })

  it('ends a fork and a restore with the old state whole', async () => {
    const saved = await lab.json<Checkpoint>('checkpoint', 'create', '--id', lease.slug)
    sh('echo edited > "$1/data"; echo edited > "$1/small"; cp -a "$1" "$2"', lease.workdir, reference)
    sh('head -c 34000000 /dev/urandom > "$1/filler"', mount)
    for (const args of [
      ['fork', saved.id],
      ['restore', saved.id, '--id', lease.slug],
    ]) {
      const {code, stderr} = await lab.run('checkpoint', ...args)
      assert.ok(code === 5 || code === 3, `${args[0]} exits with ${code}: ${stderr}`)
      assert.match(stderr, /Code: (?:STATE_)?DISK_FULL/)
      assert.equal(difference(reference, lease.workdir), '')
    }

    fill()
    const {code} = await lab.run('checkpoint', 'list')
    assert.equal(code, 0, 'list works on a full disk')
    free()
    assert.deepEqual(await leftovers(lab), [])
    await lab.json('checkpoint', 'restore', saved.id, '--id', lease.slug)
    assert.notEqual(difference(reference, lease.workdir), '')
  })
})
