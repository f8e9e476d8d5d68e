import assert from 'node:assert/strict'

import {inOrder} from '../../src/workspace/in-order.js'

/** A map that tells how often it was asked. */
class Asked extends Map<string, {readonly path: string}> {
  asked = 0

  override get(name: string): {readonly path: string} | undefined {
    this.asked += 1
    return super.get(name)
  }
}

describe('finding in the order in which things lie', () => {
  const all = (): Asked => new Asked(Array.from({length: 100}, (_, i) => [`${i}`, {path: `${i}`}]))
  const names = [...all().keys()]
  /** Asks for names. Answers with what was found, and how often the map was asked. */
  const found = (wanted: readonly string[]): {found: (string | undefined)[]; asked: number} => {
    const map = all()
    const find = inOrder(map)
    return {found: wanted.map(name => find(name)?.path), asked: map.asked}
  }

  it('asks nobody where all are there', () => assert.deepEqual(found(names), {found: names, asked: 0}))

  it('goes on behind what is new, and behind what has gone', () => {
    const wanted = [...names.slice(0, 10), 'new', ...names.slice(10, 20), ...names.slice(30)]
    assert.deepEqual(found(wanted), {found: wanted.map(name => (name === 'new' ? undefined : name)), asked: 2})
  })

  it('finds all in any order', () => {
    const wanted = [...names].reverse()
    assert.deepEqual(found(wanted).found, wanted)
  })

  it('asks once where many have gone, or have moved', () =>
    assert.deepEqual(found([...names.slice(60), ...names.slice(0, 60)]).asked, 2))

  it('finds one as often as it is asked for', () => assert.deepEqual(found(['5', '5', '6']).found, ['5', '5', '6']))
})
