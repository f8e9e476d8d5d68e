import assert from 'node:assert/strict'
import {spawn, type ChildProcess} from 'node:child_process'
import {existsSync, readdirSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

import type {Checkpoint} from '../../src/core/checkpoint.js'
import type {Lease} from '../../src/core/lease.js'
import type {LockMode} from '../../src/state/locks.js'
import {useSandbox, type Outcome} from '../support/cli.js'
import {leaveHolder} from '../support/holder.js'
import {refuses, refusesAll} from '../support/refusals.js'

describe('what is busy', () => {
  let lease: Lease
  let saved: Checkpoint
  const sandbox = useSandbox(async ({json}) => {
    lease = await json<Lease>(['warmup', '--slug', 'source'])
    await json(['run', '--id', 'source', '--', 'true'])
    saved = await json<Checkpoint>(['checkpoint', 'create', '--id', 'source', '--name', 'saved'])
  })
  const since = String.raw`since \d{4}-\d\d-\d\dT[\d:.]+Z \(process \d+\)`
  const busy = (what: string): {exit: number; code: string; says: RegExp} => ({
    exit: 6,
    code: 'BUSY',
    says: new RegExp(`is busy: ${what} ${since}.*try again`),
  })

  describe('because a command runs on the lease', () => {
    let running: {child: ChildProcess; done: Promise<Outcome>}
    before(async () => {
      running = sandbox.start(['run', '--id', 'source', '--no-sync', '--shell', 'touch started; exec sleep 60'])
      while (!existsSync(join(lease.workdir, 'started'))) await sleep(20)
    })
    after(() => running.child.kill('SIGKILL'))

    it('refuses to save, restore, undo and stop it, and to sync to it', () =>
      refusesAll(
        sandbox,
        [
          ['checkpoint', 'create', '--id', 'source'],
          ['checkpoint', 'restore', 'saved', '--id', 'source'],
          ['checkpoint', 'undo', '--id', 'source'],
          ['stop', '--id', 'source'],
          ['run', '--id', 'source', '--', 'true'],
        ].map(args => [args, busy('run')]),
      ))

    it('runs a second command beside it', async () => {
      assert.equal((await sandbox.run(['run', '--id', 'source', '--no-sync', '--', 'true'])).code, 0)
    })

    it('ends with the command, whose processes end with an interrupt', async () => {
      running.child.kill('SIGINT')
      assert.equal((await running.done).code, 130)
      await sandbox.json(['checkpoint', 'create', '--id', 'source', '--dry-run'])
      assert.deepEqual(readdirSync(join(sandbox.state, 'locks')), [])
    })
  })

  describe('because another process works with the checkpoint', () => {
    let file = ''
    const hold = (pid = 0, mode: LockMode = 'shared'): void => {
      file = leaveHolder(sandbox.state, {pid, key: `checkpoint:${saved.id}`, mode, what: 'checkpoint fork'})
    }
    let other: ChildProcess
    before(() => {
      other = spawn('sleep', ['60'], {stdio: 'ignore'})
    })
    after(() => other.kill('SIGKILL'))
    afterEach(() => rmSync(file, {force: true}))

    it('refuses to delete it while it is read, and prunes the others', async () => {
      hold(other.pid, 'shared')
      await refuses(sandbox, ['checkpoint', 'delete', 'saved'], busy('checkpoint fork'))
      const pruned = await sandbox.run(['checkpoint', 'prune', '--older-than', '0s', '--json'])
      assert.equal(pruned.code, 6)
      const {removed, kept} = pruned.json as {removed: Checkpoint[]; kept: {checkpoint: Checkpoint; reason: string}[]}
      assert.deepEqual([removed.length, kept[0]?.checkpoint.id], [0, saved.id])
    })

    it('forks it while another one reads it, and refuses while it is made', async () => {
      hold(other.pid, 'shared')
      await sandbox.json(['checkpoint', 'fork', 'saved', '--slug', 'beside'])
      await sandbox.json(['stop', '--id', 'beside'])
      hold(other.pid, 'exclusive')
      await refuses(sandbox, ['checkpoint', 'fork', 'saved'], busy('checkpoint fork'))
      await refuses(sandbox, ['checkpoint', 'restore', 'saved', '--id', 'source'], busy('checkpoint fork'))
    })

    it('is stopped by nothing that is dead', async () => {
      other.kill('SIGKILL')
      await new Promise(resolve => other.once('exit', resolve))
      hold(other.pid, 'exclusive')
      await sandbox.json(['checkpoint', 'delete', 'saved'])
      assert.equal(existsSync(file), false)
    })
  })
})
