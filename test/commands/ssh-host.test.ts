import assert from 'node:assert/strict'
import {randomBytes} from 'node:crypto'
import {existsSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

import type {Lease} from '../../src/core/lease.js'
import {processExists} from '../../src/state/process.js'
import {useSandbox} from '../support/cli.js'
import {assertRefusal, refuses} from '../support/refusals.js'
import {newKey, startServer, type TestServer} from '../support/ssh-server.js'

describe('a host over SSH, from the command line', () => {
  const key = newKey()
  let server: TestServer
  let host = ''
  let hostHome = ''
  const sandbox = useSandbox(async ({home, dir}) => {
    hostHome = join(dir, 'host')
    mkdirSync(hostHome)
    server = await startServer({users: [key.public], env: {...process.env, HOME: hostHome}})
    host = `me@127.0.0.1:${server.port}`
    mkdirSync(join(home, '.ssh'), {mode: 0o700})
    writeFileSync(join(home, '.ssh', 'id_ed25519'), key.private, {mode: 0o600})
    writeFileSync(join(home, '.ssh', 'known_hosts'), `[127.0.0.1]:${server.port} ${server.hostKey.public}\n`)
  })
  after(() => server.close())
  let lease: Lease
  const run = sandbox.run
  before(async () => {
    lease = await sandbox.json<Lease>(['warmup', '--host', host, '--slug', 'far'])
  })

  it('holds the lease in a directory of its own, with a marker', async () => {
    assert.equal(lease.workRoot, join(hostHome, '.crabbox', 'leases', lease.id))
    const marker = JSON.parse(readFileSync(join(lease.workRoot, '.crabbox-lease'), 'utf8')) as Record<string, unknown>
    assert.deepEqual([marker['lease'], marker['slug']], [lease.id, 'far'])
    assert.match((await run(['status', '--id', 'far'])).stdout, new RegExp(`running[^]*host: +${host}`))
  })

  it('syncs, keeps the streams apart, and passes input and exit code through', async () => {
    const input = randomBytes(3_000_000)
    sandbox.write('synced.txt', 'from here')
    const script = 'cat synced.txt; wc -c; echo err >&2; exit 9'
    const {code, stdout, stderr} = await run(['run', '--id', 'far', '--shell', script], {input})
    assert.deepEqual([code, stdout.replaceAll(/\s/g, ''), stderr], [9, 'fromhere3000000', 'err\n'])
  })

  it('says that the workdir is gone, and takes no exit code for that', async () => {
    const {workdir} = await sandbox.json<Lease>(['warmup', '--host', host, '--slug', 'emptied'])
    const on = (script: string): string[] => ['run', '--id', 'emptied', '--no-sync', '--shell', script]
    assert.equal((await run(on('exit 125'))).code, 125)
    rmSync(workdir, {recursive: true})
    await refuses(sandbox, on('true'), {exit: 4, code: 'WORKDIR_NOT_FOUND', says: /of lease emptied is gone/})
    assert.equal((await run(['stop', '--id', 'emptied'])).code, 0)
  })

  it('is refused where the user has no home directory there, and nothing of it stays', async () => {
    const homeless = await startServer({users: [key.public], env: {PATH: process.env['PATH']}})
    const warmup = ['warmup', '--host', `me@127.0.0.1:${homeless.port}`, '--accept-new-host-key', '--slug', 'homeless']
    try {
      for (let tries = 0; tries < 2; tries++)
        assertRefusal(await run(warmup), {exit: 5, code: 'HOST_COMMAND_FAILED', says: /HOME: is not set/})
    } finally {
      await homeless.close()
    }

    const {leases} = await sandbox.json<{leases: Lease[]}>(['list'])
    assert.ok(!leases.some(({slug}) => slug === 'homeless'))
  })

  it('passes a signal on as its number', async () => {
    assert.equal((await run(['run', '--id', 'far', '--shell', 'kill -9 $$'])).code, 137)
  })

  it('gets the variables that were asked for, and no others', async () => {
    const env = {ASKED: 'yes\nand no', OTHER: 'secret'}
    const {stdout} = await run(
      ['run', '--id', 'far', '--env', 'ASKED', '--shell', 'printf "%s|%s" "$ASKED" "$OTHER"'],
      {env},
    )
    assert.equal(stdout, 'yes\nand no|')
  })

  it('saves and forks, on the same host unless another is named', async () => {
    await run(['run', '--id', 'far', '--shell', 'mkdir -p made && echo it > made/file'])
    assert.equal((await run(['checkpoint', 'create', '--id', 'far', '--name', 'made'])).code, 0)
    const {forks} = await sandbox.json<{forks: {lease: Lease}[]}>(['checkpoint', 'fork', 'made', '--count', '3'])
    assert.equal(forks.length, 3)
    for (const {lease: fork} of forks) {
      assert.equal(fork.details['host'], host)
      assert.equal(readFileSync(join(fork.workdir, 'made', 'file'), 'utf8'), 'it\n')
      assert.equal((await run(['stop', '--id', fork.id])).code, 0)
      assert.equal(existsSync(fork.workRoot), false)
    }
  })

  it('takes a checkpoint of it to this machine, and back', async () => {
    const here = await sandbox.json<{forks: {lease: Lease}[]}>(['checkpoint', 'fork', 'made', '--provider', 'local'])
    const fork = here.forks[0]?.lease
    assert.ok(fork)
    assert.equal(readFileSync(join(fork.workdir, 'made', 'file'), 'utf8'), 'it\n')
    await run(['run', '--id', fork.id, '--shell', 'echo changed > made/file'])
    await run(['checkpoint', 'create', '--id', fork.id, '--name', 'changed'])
    const there = await sandbox.json<{forks: {lease: Lease}[]}>(['checkpoint', 'fork', 'changed', '--host', host])
    const back = there.forks[0]?.lease
    assert.equal(readFileSync(join(back?.workdir ?? '', 'made', 'file'), 'utf8'), 'changed\n')
    for (const {id} of [fork, back ?? fork]) await run(['stop', '--id', id])
  })

  it('ends a command with its client, however that ends', async () => {
    for (const signal of ['SIGINT', 'SIGKILL'] as const) {
      const pidFile = join(hostHome, `pid-${signal}`)
      const {child, done} = sandbox.start([
        'run',
        '--id',
        'far',
        '--',
        'sh',
        '-c',
        'echo $$ > "$1"; sleep 300; :',
        'sh',
        pidFile,
      ])
      while (!existsSync(pidFile) || readFileSync(pidFile, 'utf8') === '') await sleep(20)
      const pid = Number(readFileSync(pidFile, 'utf8'))
      await sleep(300)
      child.kill(signal)
      const {code, stderr} = await done
      if (signal === 'SIGINT') assert.deepEqual([code, stderr.includes('INTERRUPTED')], [130, true])
      for (let patience = 0; patience < 200 && processExists(pid); patience++) await sleep(20)
      assert.equal(processExists(pid), false, signal)
    }
  }).timeout(30_000)

  it('is refused when it makes no sense', async () => {
    const refusals: [string[], number, string][] = [
      [['warmup', '--host', '-oProxyCommand=x'], 2, 'HOST_INVALID'],
      [['warmup', '--host', 'me@127.0.0.1:1'], 5, 'HOST_UNREACHABLE'],
      [['warmup', '--provider', 'ssh'], 2, 'HOST_MISSING'],
      [['warmup', '--provider', 'local', '--host', host], 2, 'HOST_UNSUPPORTED'],
      [['run', '--provider', 'local', '--host', host, '--', 'true'], 2, 'HOST_UNSUPPORTED'],
      [['checkpoint', 'fork', 'made', '--provider', 'local', '--host', host], 2, 'HOST_UNSUPPORTED'],
    ]
    const {leases: before} = await sandbox.json<{leases: Lease[]}>(['list'])
    for (const [args, exit, code] of refusals) {
      const outcome = await run(args)
      assert.deepEqual([outcome.code, /Code: (\w+)/.exec(outcome.stderr)?.[1]], [exit, code], args.join(' '))
    }

    assert.deepEqual((await sandbox.json<{leases: Lease[]}>(['list'])).leases, before)
  })

  it('is not believed with another key than the one that the lease was made with', async () => {
    const known = join(sandbox.home, '.ssh', 'known_hosts')
    const before = readFileSync(known, 'utf8')
    await server.close()
    const other = await startServer({users: [key.public], port: server.port})
    try {
      writeFileSync(known, '')
      const {code, stderr} = await run(['run', '--id', 'far', '--', 'true'])
      assert.deepEqual([code, stderr.includes('HOST_KEY_CHANGED'), other.offers()], [3, true, 0])
    } finally {
      await other.close()
      writeFileSync(known, before)
      server = await startServer({
        users: [key.public],
        port: server.port,
        hostKey: server.hostKey,
        env: {...process.env, HOME: hostHome},
      })
    }
  })

  it('is left alone where a marker tells that the lease is of somebody else', async () => {
    const marker = join(lease.workRoot, '.crabbox-lease')
    const ours = readFileSync(marker, 'utf8')
    writeFileSync(marker, ours.replace(lease.id, 'cbx_000000000000'))
    const {code, stderr} = await run(['stop', '--id', 'far'])
    assert.deepEqual([code, stderr.includes('LEASE_FOREIGN'), existsSync(lease.workdir)], [6, true, true])
    writeFileSync(marker, ours)
  })

  it('is forgotten when it is gone for good', async () => {
    await server.close()
    const {code, stderr} = await run(['stop', '--id', 'far'])
    assert.deepEqual([code, stderr.includes('HOST_UNREACHABLE')], [5, true])
    assert.match((await run(['stop', '--id', 'far', '--forget'])).stdout, /^forgot far/)
    assert.deepEqual((await sandbox.json<{leases: Lease[]}>(['list'])).leases, [])
    assert.equal(existsSync(lease.workdir), true)
  })
})
