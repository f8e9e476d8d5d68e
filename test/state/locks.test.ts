import assert from 'node:assert/strict'
import {spawn} from 'node:child_process'
import {stat, writeFile} from 'node:fs/promises'
import {hostname} from 'node:os'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

import {acquireLock, forgetHolder, listHolders, type Lock, type LockMode} from '../../src/state/locks.js'
import {prepareStateDir, statePaths} from '../../src/state/paths.js'
import {temporaryDirectory} from '../support/temporary.js'
import {forkWorker, held, JOBS, killHard} from './support/fork-worker.js'

describe('locks', () => {
  const stateDir = temporaryDirectory()
  const lock = (mode: LockMode, key = 'lease:one'): Promise<Lock> =>
    acquireLock(stateDir(), {key, mode, what: 'run', subject: {lease: 'one'}, describe: 'lease blue-lobster'})
  const busy = {code: 'BUSY', kind: 'busy'}

  beforeEach(() => prepareStateDir(stateDir()).then(() => undefined))

  it('are shared by readers and kept from writers', async () => {
    const [one, two] = [await lock('shared'), await lock('shared')]
    await assert.rejects(lock('exclusive'), busy)
    await one.release()
    await assert.rejects(lock('exclusive'), busy)
    await two.release()
    const alone = await lock('exclusive')
    await assert.rejects(lock('shared'), busy)
    await assert.rejects(lock('exclusive'), busy)
    await alone.release()
    await (await lock('shared')).release()
  })

  it('are about one thing only', async () => {
    await lock('exclusive')
    await (await lock('exclusive', 'lease:two')).release()
  })

  it('say who holds them, and since when', async () => {
    await lock('exclusive')
    const message = new RegExp(`^lease blue-lobster is busy: run since 20\\d\\d-.*Z \\(process ${process.pid}\\)$`)
    await assert.rejects(lock('shared'), {...busy, message, hint: /try again/})
  })

  it('block nobody where they were given up, and tell of it', async () => {
    await (await lock('exclusive')).abandon()
    assert.deepEqual(
      (await listHolders(stateDir())).map(({what, subject, alive}) => [what, subject, alive]),
      [['run', {lease: 'one'}, false]],
    )
    await (await lock('exclusive')).release()
  })

  it('can be released twice, and are private', async () => {
    const one = await lock('exclusive')
    const [holder] = await listHolders(stateDir())
    assert.equal((await stat(holder?.file ?? '')).mode & 0o777, 0o600)
    await one.release()
    await one.release()
    assert.deepEqual(await listHolders(stateDir()), [])
  })

  it('of a killed process block nobody, and tell what it was doing', async () => {
    const worker = await held(forkWorker('hold', stateDir(), 'exclusive'))
    await assert.rejects(lock('shared'), busy)
    assert.equal((await listHolders(stateDir()))[0]?.alive, true)
    await killHard(worker)
    await (await lock('exclusive')).release()
    const [dead] = await listHolders(stateDir())
    assert.ok(dead)
    assert.deepEqual(
      [dead.alive, dead.what, dead.subject, dead.pid],
      [false, 'checkpoint create', {lease: 'one'}, worker.pid],
    )
    await forgetHolder(dead)
    assert.deepEqual(await listHolders(stateDir()), [])
  })

  it('of a zombie block nobody', async function () {
    if (process.platform !== 'linux') this.skip()
    // Its parent never waits for it, so what is killed stays a zombie.
    const parent = spawn('sh', [
      '-c',
      '"$@" & exec sleep 60',
      'sh',
      process.execPath,
      JOBS,
      'hold',
      stateDir(),
      'exclusive',
    ])
    try {
      let holders = await listHolders(stateDir())
      for (; holders.length === 0; holders = await listHolders(stateDir())) await sleep(20)
      await assert.rejects(lock('exclusive'), busy)
      process.kill(holders[0]?.pid ?? 0, 'SIGKILL')
      await sleep(50)
      await (await lock('exclusive')).release()
    } finally {
      parent.kill('SIGKILL')
    }
  })

  const writeHolder = (owner: {pid: number; started: string; host?: string}): Promise<void> =>
    writeFile(
      join(statePaths(stateDir()).locks, '1-aa.json'),
      JSON.stringify({
        host: hostname(),
        key: 'lease:one',
        mode: 'exclusive',
        what: 'run',
        subject: {},
        since: 'x',
        ...owner,
      }),
    )

  it('of a process whose pid was given to another block nobody', async () => {
    await writeHolder({pid: process.pid, started: 'long ago'})
    await (await lock('exclusive')).release()
  })

  it('of a process on another host are respected', async () => {
    await writeHolder({pid: 2 ** 22 + 7, started: '1', host: 'elsewhere'})
    await assert.rejects(lock('exclusive'), busy)
  })

  it('of which only broken traces are left block nobody', async () => {
    await writeFile(join(statePaths(stateDir()).locks, '1-bb.json'), '{"half')
    assert.deepEqual(
      (await listHolders(stateDir())).filter(holder => holder.alive),
      [],
    )
    await (await lock('exclusive')).release()
  })

  it('are none where there is no state directory', async () => {
    assert.deepEqual(await listHolders(join(stateDir(), 'nowhere')), [])
  })
})
