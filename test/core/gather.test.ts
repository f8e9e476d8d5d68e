import assert from 'node:assert/strict'
import {setTimeout as sleep} from 'node:timers/promises'

import {gather} from '../../src/core/gather.js'

describe('what is asked for at about the same time', () => {
  let rounds: (readonly string[])[]
  const work = async (all: readonly string[]): Promise<string[]> => {
    rounds.push(all)
    await sleep(5)
    if (all.includes('fail')) throw new Error('it fails')
    return all.map(one => one.toUpperCase())
  }
  beforeEach(() => (rounds = []))

  it('is done at once, and everybody gets his own answer', async () => {
    const ask = gather(work)
    const late = Promise.resolve().then(() => ask('c'))
    assert.deepEqual(await Promise.all([ask('a'), ask('b'), late, ask('a')]), ['A', 'B', 'C', 'A'])
    assert.equal(rounds.length, 1)
  })

  it('is not done by a round that had begun before', async () => {
    const ask = gather(work)
    const first = ask('a')
    await sleep(2)
    const later = [ask('b'), ask('c')]
    assert.deepEqual([await first, ...(await Promise.all(later))], ['A', 'B', 'C'])
    assert.deepEqual(rounds, [['a'], ['b', 'c']])
    assert.equal(await ask('d'), 'D')
  })

  it('fails for all of its round, and for nobody else', async () => {
    const ask = gather(work)
    const both = await Promise.allSettled([ask('a'), ask('fail')])
    assert.deepEqual(
      both.map(({status}) => status),
      ['rejected', 'rejected'],
    )
    assert.equal(await ask('b'), 'B')
  })
})
