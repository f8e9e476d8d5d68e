import assert from 'node:assert/strict'
import {randomInt} from 'node:crypto'
import {existsSync} from 'node:fs'
import {readFile, stat, writeFile} from 'node:fs/promises'
import {hostname} from 'node:os'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

import {withMutex} from '../../src/state/mutex.js'
import {temporaryDirectory} from '../support/temporary.js'
import {forkWorker, killHard} from './support/fork-worker.js'

describe('the mutex', () => {
  const directory = temporaryDirectory()
  const mutex = (): string => join(directory(), 'mutex')

  it('neither dead-locks nor lets two in while holders are killed at random', async () => {
    const start = (): ReturnType<typeof forkWorker> => forkWorker('contend', mutex())
    const workers = Array.from({length: 6}, start)
    const turns = async (): Promise<number> => (await readFile(`${mutex()}.turns`).catch(() => '')).length
    for (let kills = 0; kills < 25; kills++) {
      await sleep(randomInt(20, 90))
      const victim = randomInt(workers.length)
      const worker = workers[victim]
      if (worker !== undefined) await killHard(worker)
      workers[victim] = start()
    }

    const before = await turns()
    for (let patience = 0; patience < 100 && (await turns()) < before + 20; patience++) await sleep(50)
    const after = await turns()
    await Promise.all(workers.map(killHard))
    assert.ok(after >= before + 20, `only ${after - before} turns after the last kill`)
    assert.equal(await readFile(`${mutex()}.intruders`, 'utf8').catch(() => ''), '')
  })

  it('lets one in after another in the same process', async () => {
    let inside = 0
    const visits = Array.from({length: 20}, () =>
      withMutex(mutex(), async () => {
        inside += 1
        assert.equal(inside, 1)
        await sleep(1)
        inside -= 1
      }),
    )
    await Promise.all(visits)
    assert.equal(existsSync(mutex()), false)
  })

  it('is free again when the work fails', async () => {
    await assert.rejects(
      withMutex(mutex(), () => Promise.reject(new Error('work'))),
      /^Error: work$/,
    )
    assert.equal(await withMutex(mutex(), async () => 'free'), 'free')
  })

  it('is the holder alone to read', async () => {
    await withMutex(mutex(), async () => assert.equal((await stat(mutex())).mode & 0o777, 0o600))
  })

  it('is taken over from a dead process, and from an earlier one of the same pid', async () => {
    for (const owner of [
      {pid: 2 ** 22 + 7, started: '1'},
      {pid: process.pid, started: 'another time'},
    ]) {
      await writeFile(mutex(), JSON.stringify({...owner, host: hostname(), nonce: 'aa'}))
      assert.equal(await withMutex(mutex(), async () => 'taken'), 'taken')
    }
  })

  it('is taken over when the one who was taking it over died as well', async () => {
    const dead = {pid: 2 ** 22 + 7, started: '1', host: hostname()}
    await writeFile(mutex(), JSON.stringify({...dead, nonce: 'aa'}))
    await writeFile(`${mutex()}.aa.grave`, JSON.stringify({...dead, nonce: 'bb'}))
    assert.equal(await withMutex(mutex(), async () => 'taken'), 'taken')
  })
})
