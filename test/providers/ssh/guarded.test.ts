import assert from 'node:assert/strict'
import {existsSync, mkdirSync, renameSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {buffer} from 'node:stream/consumers'

import {newLeaseId} from '../../../src/core/ids.js'
import type {CommandSpec, Exit, Transport} from '../../../src/core/transport.js'
import {silentProgress} from '../../../src/core/progress.js'
import {sshLeases} from '../../../src/providers/ssh/leases.js'
import {MISSING} from '../../../src/providers/ssh/host-scripts.js'
import {sshHome} from '../../support/ssh-home.js'

describe('the first command on a lease over SSH', () => {
  const lab = sshHome()
  const never = new AbortController().signal
  const id = newLeaseId()
  const root = (): string => join(lab.home, 'leases')
  const workdir = (): string => join(root(), id, 'shop')
  const marker = (): string => join(root(), id, '.crabbox-lease')
  beforeEach(() => {
    mkdirSync(workdir(), {recursive: true})
    writeFileSync(marker(), `{"lease":"${id}","slug":"a-b"}\n`)
  })

  /** Connects, and runs one command after the other. */
  const run = async (...commands: CommandSpec[]): Promise<{exit: Exit; stdout: string}[]> => {
    const details = {host: lab.host, hostKey: lab.server.hostKey.public, root: root()}
    const lease = {id, workRoot: join(root(), id), workdir: workdir(), details}
    // That of one command: what it has seen it believes for a moment.
    const context = {
      stateDir: join(lab.home, 'state'),
      progress: silentProgress,
      signal: never,
      done: new AbortController().signal,
    }
    const transport: Transport = await sshLeases.connect(lease, context)
    const results = []
    try {
      for (const command of commands) {
        const running = transport.spawn(command, never)
        running.stdin.end('what it reads')
        const [stdout, exit] = await Promise.all([buffer(running.stdout), running.exit])
        results.push({exit, stdout: stdout.toString()})
      }
    } finally {
      await transport.close()
    }

    return results
  }

  it('is begun with the words, the input, the directory and the variables that it was given', async () => {
    const script = 'pwd; cat; printf "%s|" "$@" "$WORD" "${crabbox_line-unset}"; env | grep -c ^crabbox_; exit 7'
    const argv = ['sh', '-c', script, 'sh', '', ' two  words ', '*', "'"] as const
    const [first] = await run({argv, cwd: workdir(), env: {WORD: 'a b', crabbox_line: 'x'}})
    assert.deepEqual(first, {
      exit: {code: 7, signal: null},
      stdout: `${workdir()}\nwhat it reads| two  words |*|'|a b|unset|0\n`,
    })
  })

  it('is not begun where the lease is gone, and says so', async () => {
    renameSync(join(root(), id), join(root(), 'elsewhere'))
    const made = join(lab.home, 'made')
    await assert.rejects(run({argv: ['touch', made]}), {code: 'LEASE_GONE', message: /is gone from me@127/})
    await assert.rejects(run({argv: ['touch', made], cwd: workdir()}), {code: 'LEASE_GONE'})
    assert.ok(!existsSync(made))
  })

  it('is not begun where something else took its place', async () => {
    for (const other of [`{"lease":"${newLeaseId()}"}\n`, '', '\n']) {
      writeFileSync(marker(), other)
      await assert.rejects(run({argv: ['true']}), {code: 'LEASE_GONE'})
    }
  })

  it('is begun where the marker is written in another way', async () => {
    for (const text of [`\n{"lease":"${id}"}`, `{\n  "slug":"a-b",\n  "lease":"${id}"\n}`]) {
      writeFileSync(marker(), text)
      assert.deepEqual(await run({argv: ['true']}), [{exit: {code: 0, signal: null}, stdout: ''}])
    }
  })

  it('may end as the guard would, and so may those after it', async () => {
    const argv = ['sh', '-c', `exit ${MISSING}`] as const
    const exit = {code: MISSING, signal: null}
    assert.deepEqual(await run({argv}, {argv}), [
      {exit, stdout: ''},
      {exit, stdout: ''},
    ])
  })

  it('may have a PATH that leads nowhere', async () => {
    const [first] = await run({argv: ['/bin/echo', 'here'], env: {PATH: '/nowhere'}})
    assert.deepEqual(first, {exit: {code: 0, signal: null}, stdout: 'here\n'})
  })

  it('says that its directory is not there, or that there is no such program', async () => {
    const codes = await run({argv: ['true'], cwd: join(workdir(), 'none')}, {argv: ['no-such-program']})
    assert.deepEqual(
      codes.map(({exit}) => exit.code),
      [125, 127],
    )
  })

  it('is what those after it rely on', async () => {
    const gone = ['rm', '-r', join(root(), id)] as const
    const [, second] = await run({argv: gone}, {argv: ['true']})
    assert.deepEqual(second?.exit, {code: 0, signal: null})
    await assert.rejects(run({argv: ['true']}), {code: 'LEASE_GONE'})
  })
})
