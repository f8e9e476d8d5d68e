import assert from 'node:assert/strict'
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {rmSync, statSync} from 'node:fs'
import {join} from 'node:path'

import type {Checkpoint} from '../../src/core/checkpoint.js'
import type {Lease} from '../../src/core/lease.js'
import {openLab, type Forked, type Lab} from './support/cli.js'
import {startDropbear} from './support/dropbear.js'
import {hostLeftovers} from './support/host-leftovers.js'
import {stopAll} from './support/round.js'
import {difference, sh} from './support/shell.js'
import {makeClient, type SshClient} from './support/ssh-client.js'
import {startSshd, type Sshd} from './support/sshd.js'
import {userlandBin} from './support/userland.js'

const GIGABYTE = 2 ** 30

/** Makes a file of what a first file holds, again and again, 64 MB at a time, until it is 3 GB long. */
const GROW = `i=0; while [ $i -lt 48 ]; do cat "$1" >> "$2"; sleep 0.05; i=$((i + 1)); done`

/** Each file says its own name, so that one in the place of another is seen. */
const MANY =
  'cd "$1"; mkdir -p d/$(seq -s " d/" 300); for d in $(seq 300); do for f in $(seq 500); do echo $d.$f > d/$d/$f; done; done'

const HOSTS: Readonly<Record<string, (bin: string) => Promise<Sshd & {readonly user?: string}>>> = {
  'OpenSSH and GNU': () => startSshd(),
  'dropbear and busybox': bin => startDropbear(bin),
}

/** The warnings of what moved; busybox has one of its own. */
const changes = ({warnings}: Checkpoint): string[] => warnings.filter(line => !line.includes('extended attributes'))

for (const [kind, start] of Object.entries(HOSTS))
  describe(`much on a host with ${kind}`, function () {
    this.timeout(600_000)
    let sshd: Sshd
    let client: SshClient
    let lab: Lab
    let host: string
    let bin: string
    before(async () => {
      bin = userlandBin('busybox')
      const server = await start(bin)
      sshd = server
      client = makeClient(sshd)
      lab = openLab('ssh-large', {base: client.dir, env: client.env})
      host = `${server.user ?? 'root'}@127.0.0.1:${sshd.port}`
    })
    after(async () => {
      lab.close()
      client.close()
      await sshd.stop()
      rmSync(bin, {recursive: true})
    })
    afterEach(async () => {
      await stopAll(lab)
      assert.deepEqual(hostLeftovers(sshd.home, []), [])
    })

    const run = async (lease: Lease, script: string): Promise<void> => {
      const argv = ['sh', '-euc', script, 'run', lease.workdir]
      const {code, stderr} = await lab.run('run', '--id', lease.slug, '--no-sync', '--', ...argv)
      assert.equal(code, 0, stderr)
    }
    const forkOf = async ({id}: Checkpoint): Promise<Lease> => {
      const [fork] = (await lab.json<Forked>('checkpoint', 'fork', id)).forks
      assert.ok(fork)
      return fork.lease
    }

    it('150,000 files are saved, forked and restored to the last one', async () => {
      // A disk would be what this measures: ext4 is slow to use anew what was just removed.
      const mount = join(sshd.home, '.crabbox')
      sh('mkdir -p "$1"; mount -t tmpfs -o "size=6G,uid=$(stat -c %u "$2")" tmpfs "$1"', mount, sshd.home)
      try {
        const lease = await lab.json<Lease>('warmup', '--host', host)
        await run(lease, MANY)
        const saved = await lab.json<Checkpoint>('checkpoint', 'create', '--id', lease.slug)
        assert.ok((saved.sizes?.entries ?? 0) > 150_300, `${saved.sizes?.entries} entries`)
        assert.deepEqual(changes(saved), [])
        const fork = await forkOf(saved)
        assert.equal(difference(lease.workdir, fork.workdir), '')

        sh('cd "$1/d"; rm -r 7; echo edited > 8/8; echo new > 9/new', lease.workdir)
        await lab.json('checkpoint', 'restore', saved.id, '--id', lease.slug)
        assert.equal(difference(fork.workdir, lease.workdir), '')
        await stopAll(lab)
      } finally {
        sh('umount "$1"; rmdir "$1"', mount)
      }
    })

    it('a file that grows to 3 GB while it is read is saved as it was at one moment, with a warning', async () => {
      const lease = await lab.json<Lease>('warmup', '--host', host)
      await run(lease, 'echo beside > "$1/beside"; head -c 134217728 /dev/urandom > "$1/log"')
      const growing = join(lease.workdir, 'log')
      const piece = join(client.dir, 'piece')
      sh('head -c 64M "$1" > "$2"', growing, piece)
      const writer = spawn('sh', ['-euc', GROW, 'grow', piece, growing], {stdio: 'inherit'})
      const grown = once(writer, 'close')
      const saved = await lab.json<Checkpoint>('checkpoint', 'create', '--id', lease.slug)
      assert.deepEqual(await grown, [0, null])
      assert.ok(statSync(growing).size > 3 * GIGABYTE)
      assert.deepEqual(changes(saved), ['log changed while it was read'])
      await lab.json('checkpoint', 'inspect', saved.id, '--verify')

      const fork = await forkOf(saved)
      const copy = join(fork.workdir, 'log')
      assert.ok(statSync(copy).size >= 2 ** 27)
      assert.ok(statSync(copy).size < statSync(growing).size)
      sh('cmp -n "$(stat -c %s "$1")" "$1" "$2"', copy, growing)
      assert.equal(sh('cat "$1/beside"', fork.workdir), 'beside\n')
    })
  })
