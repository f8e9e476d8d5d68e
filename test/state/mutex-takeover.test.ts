import assert from 'node:assert/strict'
import type {ChildProcess} from 'node:child_process'
import {readdir, readFile, rm, writeFile} from 'node:fs/promises'
import {hostname} from 'node:os'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

import {withMutex} from '../../src/state/mutex.js'
import {ownIdentity} from '../../src/state/process.js'
import {temporaryDirectory} from '../support/temporary.js'
import {held, kill, workers} from './support/processes.js'

/** More than any system gives out, so that it is nobody's. */
const NOBODY = 2 ** 30

describe('a mutex that is taken over', function () {
  this.timeout(60_000)
  const directory = temporaryDirectory()
  const start = workers()
  const mutex = (): string => join(directory(), 'mutex')
  const take = (patience: number): Promise<string> => withMutex(mutex(), async () => 'mine', {patience})

  it('loses no count while the very process that holds it is killed, again and again', async () => {
    const file = join(directory(), 'count')
    let crowd = Array.from({length: 8}, () => start('count', mutex(), file))
    while ((await linesOf(file)).length === 0) await sleep(10)
    let holders = 0
    for (let kills = 0; kills < 30; kills++) {
      await sleep(Math.random() * 50)
      const holder = await holderOf(mutex(), crowd)
      if (holder !== undefined) holders += 1
      const victim = holder ?? crowd[0]
      assert.ok(victim)
      await kill(victim)
      crowd = [...crowd.filter(child => child !== victim), start('count', mutex(), file)]
    }

    const before = (await linesOf(file)).length
    for (let wait = 0; wait < 100 && (await linesOf(file)).length < before + 20; wait++) await sleep(100)
    await Promise.all(crowd.map(kill))
    const lines = await linesOf(file)
    assert.ok(holders > 0, 'a holder was killed')
    assert.ok(lines.length >= before + 20, 'the crowd goes on after the last kill')
    assert.deepEqual(
      lines,
      Array.from(lines.keys(), i => String(i + 1)),
    )
    assert.equal(await take(5000), 'mine')
  })

  it('lets one in at a time when many find the same dead owner', async () => {
    for (let round = 0; round < 10; round++) {
      await writeOwner(mutex(), {pid: NOBODY, nonce: 'dead'})
      let inside = 0
      const visit = async (): Promise<void> => {
        inside += 1
        assert.equal(inside, 1)
        await sleep(1)
        inside -= 1
      }

      await Promise.all(Array.from({length: 20}, () => withMutex(mutex(), visit)))
    }
  })

  it('is left to the process that is removing the dead owner already', async () => {
    await writeOwner(mutex(), {pid: NOBODY, nonce: 'dead'})
    await writeOwner(`${mutex()}.dead.grave`, {nonce: 'digger'})
    await assert.rejects(take(200), {code: 'STATE_BUSY'})
    assert.match(await readFile(mutex(), 'utf8'), /"dead"/)
  })

  it('is free when a power failure has cut its file short', async () => {
    await writeFile(mutex(), '')
    assert.equal(await take(5000), 'mine')
    assert.deepEqual(await readdir(directory()), [])
  })

  it('is not taken from a live owner: the error names it', async () => {
    const child = await held(start('hold', mutex()))
    const message = new RegExp(`process ${child.pid} on ${hostname()}`)
    await assert.rejects(take(200), {code: 'STATE_BUSY', kind: 'busy', message})
    await kill(child)
    assert.equal(await take(1000), 'mine')
  })

  it('is not taken from an owner on another machine, whose processes cannot be seen', async () => {
    await writeOwner(mutex(), {pid: NOBODY, host: 'elsewhere', nonce: 'far'})
    await assert.rejects(take(100), {code: 'STATE_BUSY', message: /elsewhere/})
  })

  it('is waited for no longer once the operation is aborted', async () => {
    await held(start('hold', mutex()))
    const signal = AbortSignal.timeout(50)
    await assert.rejects(
      withMutex(mutex(), async () => undefined, {signal}),
      {code: 'INTERRUPTED'},
    )
  })

  it("is the next owner's when a user removed its file meanwhile", async () => {
    await withMutex(mutex(), async () => {
      await rm(mutex())
      await writeOwner(mutex(), {nonce: 'next'})
    })
    assert.match(await readFile(mutex(), 'utf8'), /"next"/)
  })
})

const writeOwner = (file: string, fields: Record<string, unknown>): Promise<void> =>
  writeFile(file, JSON.stringify({...ownIdentity(), ...fields}))

const linesOf = async (file: string): Promise<string[]> =>
  (await readFile(file, 'utf8').catch(() => '')).split('\n').slice(0, -1)

async function holderOf(mutex: string, crowd: readonly ChildProcess[]): Promise<ChildProcess | undefined> {
  const text = await readFile(mutex, 'utf8').catch(() => '{}')
  const {pid} = JSON.parse(text) as {pid?: number}
  return crowd.find(child => child.pid === pid)
}
