import assert from 'node:assert/strict'
import {existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import type {Checkpoint} from '../../src/core/checkpoint.js'
import type {Lease} from '../../src/core/lease.js'
import {openLab, type Forked, type Lab} from './support/cli.js'
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

  it('that nobody may write to is no state directory that is well', async () => {
    const state = mkdtempSync(join(lab.dir, 'state-'))
    const readonly = openLab('readonly', {base: lab.dir, env: {CRABBOX_STATE_DIR: state}})
    assert.equal((await readonly.run('doctor')).code, 0)
    sh('mount --bind "$1" "$1" && mount -o remount,bind,ro "$1"', state)
    try {
      const {code, stdout} = await readonly.run('doctor')
      assert.deepEqual([code, /state directory \S+ cannot be written to: EROFS/.test(stdout)], [3, true], stdout)
    } finally {
      sh('umount "$1"', state)
    }
  })

  for (const [what, mount] of [
    ['of another file system', 'mount -t tmpfs tmpfs "$1"'],
    ['that is bound from the same one', 'mount --bind "$2" "$1"'],
  ] as const)
    it(`in a workdir, ${what}, is not saved, and nothing goes through it`, async () => {
      const lease = await lab.json<Lease>('warmup')
      const elsewhere = mkdtempSync(join(lab.dir, 'elsewhere-'))
      const inside = join(lease.workdir, 'a b\\\t\n', 'mounted')
      sh('mkdir -p "$1" "$2/x"; echo 1 > "$2/x/1"; echo 2 > "$2/2"', inside, lease.workdir)
      sh(mount, inside, elsewhere)
      try {
        sh('echo theirs > "$1/precious"', inside)
        const saved = await lab.json<Checkpoint>('checkpoint', 'create', '--id', lease.slug)
        assert.deepEqual(saved.warnings, ['a b\\\t\n/mounted is a mount point; what is mounted there is not saved'])
        const {forks} = await lab.json<Forked>('checkpoint', 'fork', saved.id)
        assert.deepEqual(readdirSync(join(forks[0]?.lease.workdir ?? '', 'a b\\\t\n', 'mounted')), [])

        sh('echo changed > "$1/x/1"; echo changed > "$1/2"', lease.workdir)
        for (const [args, code] of [
          [['checkpoint', 'restore', saved.id, '--id', lease.slug], /Code: TARGET_HAS_MOUNTS/],
          [['stop', '--id', lease.slug], /Code: LEASE_HAS_MOUNTS/],
        ] as const) {
          const refused = await lab.run(...args)
          assert.equal(refused.code, 6, refused.stderr)
          assert.match(refused.stderr, code)
          assert.equal(sh('cat "$1/precious"', inside), 'theirs\n')
        }

        const {leases} = await lab.json<{leases: Lease[]}>('list')
        assert.equal(leases.find(({id}) => id === lease.id)?.state, 'ready')
      } finally {
        sh('umount "$1"', inside)
      }

      await lab.json('stop', '--id', lease.slug)
      assert.equal(existsSync(lease.workdir), false)
    })

  it('in what a restore has kept is not undone', async () => {
    const lease = await lab.json<Lease>('warmup')
    writeFileSync(join(lease.workdir, 'file'), 'saved')
    mkdirSync(join(lease.workdir, 'd'))
    const saved = await lab.json<Checkpoint>('checkpoint', 'create', '--id', lease.slug)
    sh('echo changed > "$1/file"', lease.workdir)
    await lab.json('checkpoint', 'restore', saved.id, '--id', lease.slug)
    const elsewhere = mkdtempSync(join(lab.dir, 'elsewhere-'))
    const inside = join(lease.workdir, 'd')
    sh('echo theirs > "$2/precious"; mount --bind "$2" "$1"', inside, elsewhere)
    try {
      const {code, stderr} = await lab.run('checkpoint', 'undo', '--id', lease.slug)
      assert.equal(code, 6, stderr)
      assert.match(stderr, /Code: TARGET_HAS_MOUNTS/)
    } finally {
      sh('umount "$1"', inside)
    }

    await lab.json('checkpoint', 'undo', '--id', lease.slug)
    assert.equal(sh('cat "$1/file"', lease.workdir), 'changed\n')
    assert.deepEqual(readdirSync(elsewhere), ['precious'])
  })
})
