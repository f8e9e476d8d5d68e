import assert from 'node:assert/strict'
import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import type {Checkpoint} from '../../src/core/checkpoint.js'
import type {Lease} from '../../src/core/lease.js'
import {openLab, type Lab} from './support/cli.js'
import {sh} from './support/shell.js'

describe('a mount point', () => {
  let lab: Lab
  before(() => (lab = openLab('mount')))
  after(() => lab.close())

  it('is refused as the target of a restore, and keeps what is in it', async () => {
    const lease = await lab.json<Lease>('warmup')
    writeFileSync(join(lease.workdir, 'file'), 'saved')
    const saved = await lab.json<Checkpoint>('checkpoint', 'create', '--id', lease.slug)
    const mount = join(lab.dir, 'mount')
    mkdirSync(mount)
    for (const command of ['mount -t tmpfs tmpfs "$1"', 'mount --bind "$1" "$1"']) {
      sh(command, mount)
      try {
        sh('echo theirs > "$1/kept"', mount)
        const {code, stderr} = await lab.run('checkpoint', 'restore', saved.id, '--id', lease.slug, '--workdir', mount)
        assert.equal(code, 2)
        assert.match(stderr, /Code: WORKDIR_REFUSED/)
        assert.equal(sh('ls "$1"', mount), 'kept\n')
      } finally {
        sh('umount "$1"', mount)
      }
    }
  })
})
