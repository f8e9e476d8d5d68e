import assert from 'node:assert/strict'
import {setTimeout as sleep} from 'node:timers/promises'

import {coalesce} from '../../src/core/coalesce.js'

describe('questions that are asked at about the same time', () => {
  let put: number
  const question = async (): Promise<number> => {
    const mine = ++put
    await sleep(5)
    return mine
  }
  beforeEach(() => (put = 0))

  it('are one question', async () => {
    const ask = coalesce<number>()
    assert.deepEqual(await Promise.all([ask(question), ask(question)]), [1, 1])
  })

  it('are never answered by one that was put before', async () => {
    const ask = coalesce<number>()
    const first = ask(question)
    await sleep(1)
    const later = [ask(question), ask(question)]
    assert.deepEqual([await first, ...(await Promise.all(later))], [1, 2, 2])
    assert.equal(await ask(question), 3)
  })

  it('go on after one that failed', async () => {
    const ask = coalesce<number>()
    await assert.rejects(ask(() => Promise.reject(new Error('no answer'))))
    assert.equal(await ask(question), 1)
  })
})
