import assert from 'node:assert/strict'
import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import type {Checkpoint} from '../../src/core/checkpoint.js'
import type {Lease} from '../../src/core/lease.js'
import {openLab, type Forked, type Lab} from './support/cli.js'
import {hostLeftovers} from './support/host-leftovers.js'
import {leftovers} from './support/leftovers.js'
import {makeNpmProject} from './support/npm-project.js'
import {difference, sh} from './support/shell.js'
import {makeClient, type SshClient} from './support/ssh-client.js'
import {startSshd, type Sshd} from './support/sshd.js'
import {makeStrangeTree} from './support/strange-tree.js'

describe('the story over SSH', () => {
  let sshd: Sshd
  let client: SshClient
  let lab: Lab
  let host: string
  const fork = async (...args: string[]): Promise<Lease[]> =>
    (await lab.json<Forked>('checkpoint', 'fork', ...args)).forks.map(({lease}) => lease)
  const stopAll = async (): Promise<void> => {
    const {leases} = await lab.json<{leases: Lease[]}>('list')
    for (const {id} of leases) await lab.json('stop', '--id', id)
    assert.deepEqual(hostLeftovers(sshd.home, []), [])
    assert.deepEqual(await leftovers(lab), [])
  }

  before(async () => {
    sshd = await startSshd()
    client = makeClient(sshd)
    const project = join(client.dir, 'greeter')
    makeNpmProject(project)
    lab = openLab('story', {base: client.dir, cwd: project, env: client.env})
    host = `root@127.0.0.1:${sshd.port}`
  })
  after(async () => {
    lab.close()
    client.close()
    await sshd.stop()
  })
  afterEach(stopAll)

  it('prepares a machine, saves it, opens copies of it and goes back to it', async () => {
    const lease = await lab.json<Lease>('warmup', '--host', host)
    assert.equal(lease.workdir, join(sshd.home, '.crabbox/leases', lease.id, 'greeter'))
    const ran = await lab.run('run', '--id', lease.slug, '--shell', 'npm ci && npm test')
    assert.equal(ran.code, 0, ran.stderr)
    assert.match(ran.stdout, /greets loudly/)
    assert.ok(existsSync(join(lease.workdir, 'node_modules/shout/index.js')))

    const saved = await lab.json<Checkpoint>('checkpoint', 'create', '--id', lease.slug, '--name', 'after-npm-ci')
    assert.equal(saved.tier, 'workspace-archive')
    const forks = await fork('after-npm-ci', '--count', '3')
    assert.equal(forks.length, 3)
    for (const one of forks) assert.equal(difference(lease.workdir, one.workdir), '')
    const [first] = forks
    assert.ok(first)
    const again = await lab.run('run', '--id', first.slug, '--', 'npm', 'test')
    assert.equal(again.code, 0, again.stdout + again.stderr)
    assert.equal((await lab.run('run', '--id', first.slug, '--', 'sh', '-c', 'exit 41')).code, 41)

    const greet = join(lease.workdir, 'greet.js')
    sh('cd "$1"; echo broken > greet.js; rm -r node_modules; mkdir junk', lease.workdir)
    const broken = join(lab.dir, 'broken')
    sh('cp -a "$1" "$2"', lease.workdir, broken)
    await lab.json('checkpoint', 'restore', 'after-npm-ci', '--id', lease.slug)
    assert.equal(difference(first.workdir, lease.workdir), '')
    assert.equal((await lab.run('run', '--id', lease.slug, '--no-sync', '--', 'npm', 'test')).code, 0)
    await lab.json('checkpoint', 'undo', '--id', lease.slug)
    assert.equal(readFileSync(greet, 'utf8'), 'broken\n')
    assert.equal(difference(broken, lease.workdir), '')
  })

  it('runs a command on every fork, and each knows its number', async () => {
    const lease = await lab.json<Lease>('warmup', '--host', host)
    const saved = await lab.json<Checkpoint>('checkpoint', 'create', '--id', lease.slug)
    const command = ['sh', '-c', 'echo {{index}} of {{total}} > which']
    const {forks} = await lab.json<Forked>('checkpoint', 'fork', saved.id, '--count', '2', '--', ...command)
    assert.deepEqual(
      forks.map(({lease: {workdir}}) => readFileSync(join(workdir, 'which'), 'utf8')),
      ['1 of 2\n', '2 of 2\n'],
    )
  })

  it('takes a strange tree from here to the host and back', async () => {
    const here = await lab.json<Lease>('warmup')
    sh('rm -r "$1"', here.workdir)
    makeStrangeTree(here.workdir)
    // What is never saved would differ.
    sh('rm -r "$1/.crabbox"', here.workdir)
    const local = await lab.json<Checkpoint>('checkpoint', 'create', '--id', here.slug)
    const [there] = await fork(local.id, '--host', host)
    assert.ok(there)
    assert.equal(there.provider, 'ssh')
    assert.equal(difference(here.workdir, there.workdir), '')

    writeFileSync(join(there.workdir, 'written there'), 'x')
    const remote = await lab.json<Checkpoint>('checkpoint', 'create', '--id', there.slug)
    assert.ok((remote.sizes?.stored ?? Infinity) < 10_000, 'only the new file is stored')
    const [back] = await fork(remote.id, '--provider', 'local')
    assert.ok(back)
    assert.equal(difference(there.workdir, back.workdir), '')
    await lab.json('checkpoint', 'restore', remote.id, '--id', here.slug)
    assert.equal(difference(there.workdir, here.workdir), '')
    await lab.json('checkpoint', 'restore', local.id, '--id', there.slug)
    assert.ok(!existsSync(join(there.workdir, 'written there')))
  })
})
