import assert from 'node:assert/strict'
import {chmodSync, chownSync, mkdirSync, readdirSync, symlinkSync} from 'node:fs'
import {join} from 'node:path'

import type {Checkpoint} from '../../src/core/checkpoint.js'
import type {Lease} from '../../src/core/lease.js'
import {openLab, type Forked, type Lab, type Outcome} from './support/cli.js'
import {hostLeftovers} from './support/host-leftovers.js'
import {addUser, type HostUser} from './support/host-user.js'
import {goRound, stopAll} from './support/round.js'
import {difference, sh} from './support/shell.js'
import {makeClient, type SshClient} from './support/ssh-client.js'
import {startSshd, type Sshd} from './support/sshd.js'

/** What the profile of each shell says, with as much of a question on standard input as the shell can ask and give up on. */
const CHATTER = 'echo "welcome to this host"; echo "mind the step" >&2\n'
const QUESTION = 'read -r -t 0.1 answer; echo "you said $answer"\n'
const SHELLS = [
  {shell: '/bin/sh', profile: '.profile', text: CHATTER},
  {shell: '/bin/bash', profile: '.bashrc', text: CHATTER + QUESTION},
  {shell: '/bin/zsh', profile: '.zshenv', text: CHATTER + QUESTION},
  {shell: '/usr/bin/fish', profile: '.config/fish/config.fish', text: CHATTER},
] as const

describe('hosts and their users', () => {
  let sshd: Sshd
  let client: SshClient
  let lab: Lab
  let user: HostUser
  const at = ({name}: HostUser): string => `${name}@127.0.0.1:${sshd.port}`

  before(async () => {
    // Users have homes of their own here, and bash takes itself for what it is.
    sshd = await startSshd({env: {}})
    client = makeClient(sshd)
    lab = openLab('hosts', {base: client.dir, env: client.env})
    user = addUser('/bin/bash', client)
  })
  after(async () => {
    lab.close()
    client.close()
    await sshd.stop()
    user.remove()
  })
  afterEach(async () => {
    await stopAll(lab)
    assert.deepEqual(hostLeftovers(user.home, []), [])
  })

  it('an account that may run nothing is refused, and leaves nothing to clean up', async () => {
    sh('usermod --shell /usr/sbin/nologin "$1"', user.name)
    const {code, stderr} = await lab.run('warmup', '--host', at(user))
    assert.equal(code, 5, stderr)
    assert.match(stderr, /Code: HOST_SHELL_UNUSABLE/)
    assert.doesNotMatch(stderr, /still there/)
    assert.deepEqual((await lab.json<{leases: Lease[]}>('list')).leases, [])
  })

  for (const {shell, profile, text} of SHELLS)
    it(`${shell} as the login shell, with a profile that talks`, async () => {
      sh('usermod --shell "$2" "$1"', user.name, shell)
      sh('mkdir -p "$(dirname "$1")"; printf %s "$2" > "$1"', join(user.home, profile), text)
      sh('chown -R "$1:" "$2"', user.name, user.home)
      for (const {workdir} of await goRound(lab, at(user))) {
        assert.ok(workdir.startsWith(`${user.home}/.crabbox/leases/`))
        assert.equal(sh('find "$1" ! -user "$2"', workdir, user.name), '', 'all belongs to the user')
      }
    })

  it("a directory of somebody else's that is in the way of a restore stays there, whatever comes next", async () => {
    const lease = await lab.json<Lease>('warmup', '--host', at(user))
    const run = (script: string): Promise<Outcome> => lab.run('run', '--id', lease.slug, '--no-sync', '--shell', script)
    await run('echo 1 > f; mkdir d')
    const saved = await lab.json<Checkpoint>('checkpoint', 'create', '--id', lease.slug)
    const theirs = join(lease.workdir, 'theirs')
    sh('mkdir "$1"; echo x > "$1/x"', theirs)
    for (const again of [1, 2]) {
      const {code, stderr} = await lab.run('checkpoint', 'restore', saved.id, '--id', lease.slug)
      assert.equal(code, 5, `${again}: ${stderr}`)
      assert.match(stderr.replace(/\n ›\s+/g, ' '), /cannot swap the workdir: .*theirs.* the\s+workdir is as it was/)
      assert.equal(sh('cat "$1/x"', theirs), 'x\n')
    }

    sh('chown -R "$2:" "$1"; echo work > "$1/work"', theirs, user.name)
    const after = await lab.json<Checkpoint>('checkpoint', 'create', '--id', lease.slug)
    assert.equal(sh('cat "$1/work"', theirs), 'work\n')
    const {forks} = await lab.json<Forked>('checkpoint', 'fork', after.id)
    assert.equal(sh('cat "$1/theirs/work"', forks[0]?.lease.workdir ?? ''), 'work\n')
    await lab.json('checkpoint', 'restore', saved.id, '--id', lease.slug)
    assert.equal(sh('ls "$1"', lease.workdir), 'd\nf\n')
  })

  it('a directory that cannot be read may be left out, and is in the way of nothing else', async () => {
    const lease = await lab.json<Lease>('warmup', '--host', at(user))
    const on = ['--id', lease.slug]
    await lab.run('run', ...on, '--no-sync', '--shell', 'mkdir pgdata; echo 1 > f')
    const closed = join(lease.workdir, 'pgdata')
    sh('echo row > "$1/table"; chown -R 999 "$1"; chmod 700 "$1"', closed)
    const refused = await lab.run('checkpoint', 'create', ...on)
    assert.equal(refused.code, 5)
    assert.match(refused.stderr, /pgdata cannot be read[^]*Code: FILE_UNREADABLE[^]*--exclude/)
    const saved = await lab.json<Checkpoint>('checkpoint', 'create', ...on, '--exclude', 'pgdata')
    await lab.run('run', ...on, '--no-sync', '--shell', 'echo 2 > f')
    await lab.json('checkpoint', 'restore', saved.id, ...on)
    assert.equal(sh('cat "$1/f" "$1/pgdata/table"', lease.workdir), '1\nrow\n')
    await lab.json('checkpoint', 'undo', ...on)
    assert.equal(sh('cat "$1/f" "$1/pgdata/table"', lease.workdir), '2\nrow\n')

    await lab.run('run', ...on, '--no-sync', '--shell', 'mkdir listed; echo x > listed/x; chmod 644 listed')
    for (const args of [
      ['create', ...on, '--exclude', 'pgdata'],
      ['restore', saved.id, ...on],
    ]) {
      const {code, stderr} = await lab.run('checkpoint', ...args)
      assert.equal(code, 5, stderr)
      assert.match(stderr, /listed\/x cannot be read[^]*Code: FILE_UNREADABLE/)
    }

    await lab.run('run', ...on, '--no-sync', '--shell', 'chmod 755 listed')
    sh('chown -R "$2:" "$1"', user.home, user.name)
  })

  it('what somebody else has made in the workdir does not fail a restore that is done', async () => {
    const lease = await lab.json<Lease>('warmup', '--host', at(user))
    const change = async (text: string): Promise<void> => {
      const script = `echo ${text} > f; echo ${text} > m/g`
      await lab.run('run', '--id', lease.slug, '--no-sync', '--shell', script)
    }
    await lab.run('run', '--id', lease.slug, '--no-sync', '--shell', 'mkdir m; echo 1 > f; echo 1 > m/g')
    const saved = await lab.json<Checkpoint>('checkpoint', 'create', '--id', lease.slug)
    sh('mkdir "$1/m/root"; echo x > "$1/m/root/r"', lease.workdir)
    for (const text of ['once', 'twice', 'thrice']) {
      await change(text)
      await lab.json('checkpoint', 'restore', saved.id, '--id', lease.slug)
      assert.equal(sh('cd "$1"; cat f m/g', lease.workdir), '1\n1\n')
    }

    sh('chown -R "$2:" "$1"', user.home, user.name)
  })

  it('a home that nobody may write to is refused, and says why', async () => {
    sh('rm -rf "$1/.crabbox"', user.home)
    const {uid, gid} = {uid: Number(sh('id -u "$1"', user.name)), gid: Number(sh('id -g "$1"', user.name))}
    chownSync(user.home, 0, 0)
    chmodSync(user.home, 0o755)
    try {
      const {code, stderr} = await lab.run('warmup', '--host', at(user))
      assert.equal(code, 5, stderr)
      assert.match(stderr, /Code: HOST_COMMAND_FAILED/)
      assert.match(stderr.replace(/\n ›\s+/g, ' '), /cannot create directory .*Permission\s+denied/)
      assert.deepEqual((await lab.json<{leases: Lease[]}>('list')).leases, [])
    } finally {
      chownSync(user.home, uid, gid)
    }
  })

  it('a full disk ends a fork and a restore with the old state whole', async () => {
    const mount = join(user.home, '.crabbox')
    sh('mkdir -p "$1"; mount -t tmpfs -o "size=24M,uid=$2" tmpfs "$1"', mount, user.name)
    try {
      const lease = await lab.json<Lease>('warmup', '--host', at(user))
      sh('cd "$1"; head -c 8000000 /dev/urandom > data; echo small > small', lease.workdir)
      const saved = await lab.json<Checkpoint>('checkpoint', 'create', '--id', lease.slug)
      sh('echo edited > "$1/data"; echo edited > "$1/small"', lease.workdir)
      const reference = join(lab.dir, 'reference')
      sh('cp -a "$1" "$2"; head -c 18000000 /dev/urandom > "$3/filler"', lease.workdir, reference, mount)
      for (const args of [
        ['fork', saved.id],
        ['restore', saved.id, '--id', lease.slug],
      ]) {
        const {code, stderr} = await lab.run('checkpoint', ...args)
        assert.equal(code, 5, stderr)
        assert.match(stderr, /Code: DISK_FULL/)
        assert.equal(difference(reference, lease.workdir), '')
        assert.deepEqual(hostLeftovers(user.home, [lease]), [])
      }

      sh('cat /dev/zero > "$1/filler2" 2>/dev/null || true', mount)
      const {code, stderr} = await lab.run('warmup', '--host', at(user))
      assert.equal(code, 5, stderr)
      assert.match(stderr, /Code: DISK_FULL/)
      assert.deepEqual(hostLeftovers(user.home, [lease]), [])
      sh('rm "$1"/filler*', mount)
      await lab.json('checkpoint', 'restore', saved.id, '--id', lease.slug)
      assert.equal(sh('cat "$1/small"', lease.workdir), 'small\n')
      await stopAll(lab)
      assert.deepEqual(hostLeftovers(user.home, []), [])
    } finally {
      sh('umount "$1"', mount)
    }
  })

  it('no zstd on the host, and bash as its sh', async () => {
    const bin = join(client.dir, 'bin')
    mkdirSync(bin)
    for (const name of readdirSync('/usr/bin').filter(one => !one.includes('zstd')))
      symlinkSync(join('/usr/bin', name === 'sh' ? 'bash' : name), join(bin, name))
    const home = join(client.dir, 'root')
    mkdirSync(home)
    const bare = await startSshd({env: {PATH: bin, HOME: home}})
    try {
      bare.authorize(client.publicKey)
      client.write(
        'known_hosts',
        `[127.0.0.1]:${sshd.port} ${sshd.hostKey}\n[127.0.0.1]:${bare.port} ${bare.hostKey}\n`,
      )
      const [{slug, workdir}, fork] = await goRound(lab, `root@127.0.0.1:${bare.port}`)
      sh('head -c 3000000 /dev/urandom > "$1/random"; head -c 9000000 /dev/zero > "$1/zeros"', workdir)
      const saved = await lab.json<Checkpoint>('checkpoint', 'create', '--id', slug)
      await lab.json('checkpoint', 'restore', saved.id, '--id', fork.slug)
      assert.equal(difference(workdir, fork.workdir), '')
      const {code} = await lab.run('run', '--id', slug, '--no-sync', '--shell', 'command -v tar && ! command -v zstd')
      assert.equal(code, 0)
      await stopAll(lab)
      assert.deepEqual(hostLeftovers(home, []), [])
    } finally {
      await bare.stop()
    }
  })
})
