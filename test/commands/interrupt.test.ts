import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {randomBytes} from 'node:crypto'
import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

import type {Lease} from '../../src/core/lease.js'
import {openLeases} from '../../src/state/leases.js'
import {useSandbox, type Outcome} from '../support/cli.js'
import {assertRefusal} from '../support/refusals.js'
import {pictureOf} from '../support/tree.js'

describe('Ctrl-C', () => {
  let source: Lease
  let empty: Lease
  const sandbox = useSandbox(async ({json, write}) => {
    source = await json<Lease>(['warmup', '--slug', 'source'])
    empty = await json<Lease>(['warmup', '--slug', 'empty'])
    await json(['checkpoint', 'create', '--id', 'source', '--mode', 'recipe'])
    for (let i = 0; i < 1500; i++) write(`many/${i % 30}/${i}`, `${i}`, source.workdir)
    for (let i = 0; i < 3; i++) write(`big-${i}`, randomBytes(16 << 20), source.workdir)
  })
  const {json, state, start} = sandbox

  /** Starts a command, waits for a sign of work in progress, interrupts, and returns how it ended. */
  async function interrupted(args: readonly string[], begun: () => boolean): Promise<Outcome> {
    const {child, done} = start(args)
    const ended = new AbortController()
    void done.then(() => ended.abort())
    while (!begun()) {
      assert.equal(ended.signal.aborted, false, 'it ended before it could be interrupted')
      await sleep(2)
    }

    child.kill('SIGINT')
    return done
  }

  async function leavesNothing(args: readonly string[], begun: () => boolean): Promise<void> {
    const before = await sandbox.stateNow()
    const outcome = await interrupted(args, begun)
    assertRefusal(outcome, {exit: 130, code: 'INTERRUPTED', says: /interrupted; nothing was changed/})
    assert.deepEqual(await sandbox.stateNow(), before)
  }

  const filling = (directory: string): boolean =>
    existsSync(directory) && readdirSync(directory).some(name => sizeOf(join(directory, name)) > 1 << 20)

  it('during a create leaves no record and no byte', () =>
    leavesNothing(['checkpoint', 'create', '--id', 'source', '--name', 'saved'], () => filling(join(state, 'layers'))))

  it('during a stop can be followed by the same stop', async () => {
    const lease = await json<Lease>(['warmup', '--slug', 'leaving'])
    await openLeases(state).transact(rows => void rows.set(lease.id, {...lease, state: 'releasing'}))
    const {code, stdout, stderr} = await sandbox.run(['stop', '--id', 'leaving'])
    assert.equal(code, 0, stderr)
    assert.match(stderr, /the stop of leaving was interrupted; it is done now/)
    assert.match(stdout, /^stopped leaving/)
    assert.equal((await sandbox.run(['stop', '--id', 'leaving'])).code, 4)
  })

  it('during a fork leaves no lease', async () => {
    await json(['checkpoint', 'create', '--id', 'source', '--name', 'saved'])
    const known = new Set(readdirSync(join(state, 'local')))
    const fresh = (): string[] => readdirSync(join(state, 'local')).filter(id => !known.has(id))
    await leavesNothing(['checkpoint', 'fork', 'saved'], () => fresh().some(id => staging(id)))
  })

  it('during several forks ends all of them, with 130', async () => {
    const before = await sandbox.stateNow()
    const known = new Set(readdirSync(join(state, 'local')))
    const begun = (): boolean => readdirSync(join(state, 'local')).some(id => !known.has(id) && staging(id))
    const {code, json: answer} = await interrupted(['checkpoint', 'fork', 'saved', '--count', '3', '--json'], begun)
    assert.equal(code, 130)
    const {forks} = answer as {forks: {error?: {code: string}}[]}
    assert.deepEqual(
      forks.map(({error}) => error?.code),
      Array(3).fill('INTERRUPTED'),
    )
    assert.deepEqual(await sandbox.stateNow(), before)
  })

  it('during a restore leaves the workdir as it was, and the next one works', async () => {
    sandbox.write('mine', 'precious', empty.workdir)
    await leavesNothing(['checkpoint', 'restore', 'saved', '--id', 'empty'], () => staging(empty.id))
    await json(['checkpoint', 'restore', 'saved', '--id', 'empty'])
    assert.deepEqual(await pictureOf(empty.workdir), await pictureOf(source.workdir))
  })

  it('during an export leaves no file', async () => {
    const output = join(sandbox.dir, 'export')
    sandbox.write('note', '', output)
    await leavesNothing(['checkpoint', 'export', 'saved', '-o', join(output, 'x.tar')], () => filling(output))
    assert.deepEqual(readdirSync(output), ['note'])
  })

  it('during a command ends it with all that it started', async () => {
    const script = 'trap "echo told > told; exit" TERM; sleep 61 & echo $! > pid; wait'
    const pid = join(empty.workdir, 'pid')
    const args = ['run', '--id', 'empty', '--no-sync', '--shell', script]
    const outcome = await interrupted(args, () => sizeOf(pid) > 1)
    assertRefusal(outcome, {exit: 130, code: 'INTERRUPTED', says: /what it changed on the lease stays/})
    assert.equal(readFileSync(join(empty.workdir, 'told'), 'utf8'), 'told\n')
    // Where nobody buries it, a dead process is still there as a zombie.
    const {stdout} = spawnSync('ps', ['-o', 'stat=', '-p', readFileSync(pid, 'utf8').trim()], {encoding: 'utf8'})
    assert.ok(stdout.trim() === '' || stdout.startsWith('Z'), stdout)
  })

  it('during a command on a fork keeps the fork, and ends with 130', async () => {
    const begun = join(sandbox.dir, 'begun')
    const args = [
      'checkpoint',
      'fork',
      'recent',
      '--slug',
      'kept',
      '--json',
      '--',
      'sh',
      '-c',
      `echo > ${begun}; sleep 61`,
    ]
    await json(['warmup', '--slug', 'small'])
    await json(['checkpoint', 'create', '--id', 'small', '--name', 'recent'])
    const {code, json: answer} = await interrupted(args, () => sizeOf(begun) > 0)
    assert.deepEqual([code, (answer as {forks: {lease: Lease}[]}).forks[0]?.lease.slug], [130, 'kept'])
    await json(['stop', '--id', 'kept'])
  })

  it('during a command on a lease of its own gives the lease back', async () => {
    const before = readdirSync(join(state, 'local'))
    const begun = (): boolean =>
      readdirSync(join(state, 'local')).some(id => existsSync(join(state, 'local', id, 'shop/begun')))
    const {code} = await interrupted(['run', '--shell', 'touch begun; sleep 61'], begun)
    assert.equal(code, 130)
    assert.deepEqual(readdirSync(join(state, 'local')), before)
  })

  it('during a sync runs nothing, and the next sync brings the rest', async () => {
    await json(['warmup', '--slug', 'synced'])
    const {lease} = await json<{lease: Lease}>(['status', '--id', 'synced'])
    for (let i = 0; i < 4; i++) sandbox.write(`asset-${i}`, randomBytes(16 << 20))
    const outcome = await interrupted(['run', '--id', 'synced', '--', 'touch', 'ran'], () => filling(lease.workdir))
    assert.equal(outcome.code, 130)
    assert.equal(existsSync(join(lease.workdir, 'ran')), false)
    await json(['run', '--id', 'synced', '--', 'true'])
    const [here, there] = [await pictureOf(sandbox.repo), await pictureOf(lease.workdir)]
    for (const [path, line] of there) if (!line.startsWith('directory')) assert.equal(here.get(path), line, path)
    assert.equal([...there.keys()].filter(path => path.startsWith('asset-')).length, 4)
  })

  const staging = (id: string): boolean => existsSync(join(state, 'local', id, '.crabbox-shop/staging'))
  const sizeOf = (path: string): number => statSync(path, {throwIfNoEntry: false})?.size ?? 0
})
