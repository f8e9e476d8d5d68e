import assert from 'node:assert/strict'
import {rmSync} from 'node:fs'

import type {Checkpoint} from '../../src/core/checkpoint.js'
import type {Lease} from '../../src/core/lease.js'
import {openLab, type Forked, type Lab} from './support/cli.js'
import {startDropbear} from './support/dropbear.js'
import {stopAll} from './support/round.js'
import {sh} from './support/shell.js'
import {ALIAS, makeClient, type SshClient} from './support/ssh-client.js'
import type {Sshd} from './support/sshd.js'
import {userlandBin} from './support/userland.js'

/** More than is on its way at a time, so that the host has something else to do while more is sent. */
const FILL = `umask 022; mkdir -p src/deep
i=0; while [ $i -lt 40 ]; do head -c 1500000 /dev/urandom > src/$i; i=$((i + 1)); done
i=0; while [ $i -lt 300 ]; do echo $i > src/deep/$i; i=$((i + 1)); done
chmod 555 src/deep; ln src/1 src/hard`

const LOOK = 'cd "$1" && find . -exec stat -c "%n %a %h %s" {} + | sort && find . -type f -exec sha256sum {} + | sort'

/** Dropbear is given one channel at a time: whatever is to happen beside the transfer has to wait for its end, or be done without. */
describe('hosts that are given one channel at a time', () => {
  const bin = userlandBin('busybox')
  after(() => rmSync(bin, {recursive: true}))

  for (const [what, path] of [
    ['busybox', bin],
    ['GNU', process.env['PATH'] ?? ''],
  ] as const) {
    describe(what, () => {
      let sshd: Sshd & {readonly user: string}
      let client: SshClient
      let lab: Lab
      before(async () => {
        sshd = await startDropbear(path)
        client = makeClient(sshd)
        lab = openLab('frugal', {base: client.dir, env: client.env})
      })
      after(async () => {
        await stopAll(lab)
        lab.close()
        client.close()
        await sshd.stop()
      })

      it('are given the modes of directories, by a fork, a restore and its undo', async () => {
        const lease = await lab.json<Lease>('warmup', '--host', `${sshd.user}@${ALIAS}`)
        const run = async (script: string): Promise<void> => {
          const {code, stderr} = await lab.run('run', '--id', lease.slug, '--no-sync', '--shell', script)
          assert.equal(code, 0, stderr)
        }
        const modes = (workdir: string): string => sh('cd "$1" && stat -c "%n %a" . closed open open/shared', workdir)
        await run(
          'mkdir -p closed open/shared; echo x > closed/x; chmod 700 closed; chmod 2775 open/shared; chmod 751 .',
        )
        const before = modes(lease.workdir)
        const saved = await lab.json<Checkpoint>('checkpoint', 'create', '--id', lease.slug)
        const {forks} = await lab.json<Forked>('checkpoint', 'fork', saved.id)
        assert.equal(modes(forks[0]?.lease.workdir ?? ''), before)
        await run('chmod 755 closed open/shared .')
        const changed = modes(lease.workdir)
        assert.notEqual(changed, before)
        await lab.json('checkpoint', 'restore', saved.id, '--id', lease.slug)
        assert.equal(modes(lease.workdir), before)
        await lab.json('checkpoint', 'undo', '--id', lease.slug)
        assert.equal(modes(lease.workdir), changed)
      })

      it('fork what is larger than what is on its way at a time', async () => {
        const lease = await lab.json<Lease>('warmup', '--host', `${sshd.user}@${ALIAS}`)
        const filled = await lab.run('run', '--id', lease.slug, '--no-sync', '--shell', FILL)
        assert.equal(filled.code, 0, filled.stderr)
        const saved = await lab.json<Checkpoint>('checkpoint', 'create', '--id', lease.slug)
        const {forks} = await lab.json<Forked>('checkpoint', 'fork', saved.id, '--count', '2')
        for (const {lease: fork} of forks) assert.equal(sh(LOOK, fork.workdir), sh(LOOK, lease.workdir))
        assert.equal(forks.length, 2)
      })
    })
  }
})
