import assert from 'node:assert/strict'
import {mock} from 'node:test'

import {busyError} from '../../src/core/errors.js'
import {silentProgress} from '../../src/core/progress.js'
import {tidy} from '../../src/operations/tidy.js'

describe('cleaning up what was interrupted', () => {
  let told: string[]
  const environment = {progress: {...silentProgress, warn: (line: string) => void told.push(line)}}
  beforeEach(() => {
    told = []
    mock.timers.enable({apis: ['setTimeout']})
  })
  afterEach(() => mock.timers.reset())

  it('says what holds the command up, and no more when it is done', async () => {
    let finish: () => void = () => undefined
    const done = tidy('a stop', environment, () => new Promise<void>(resolve => (finish = resolve)))
    mock.timers.tick(2999)
    assert.deepEqual(told, [])
    mock.timers.tick(1)
    assert.deepEqual(told, ['a stop was interrupted and is being cleaned up first: its host takes its time'])
    finish()
    await done
    assert.equal(told.length, 1)
  })

  it('says nothing of what is quick', async () => {
    await tidy('a stop', environment, async () => undefined)
    mock.timers.tick(60_000)
    assert.deepEqual(told, [])
  })

  it('says why it cannot be done, and what to do', async () => {
    await tidy('a stop', environment, () => Promise.reject(new Error('nobody is there')), '; forget it')
    assert.deepEqual(told, ['a stop was interrupted and cannot be cleaned up yet: nobody is there; forget it'])
  })

  it('leaves it to somebody who is at it', async () => {
    await tidy('a stop', environment, () => Promise.reject(busyError('BUSY', 'it is busy', 'Wait.')))
    assert.deepEqual(told, [])
  })
})
