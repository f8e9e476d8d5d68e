import assert from 'node:assert/strict'

import {memory} from '../../src/providers/memory/index.js'
import {emptyWorld} from '../../src/providers/memory/world.js'
import {describeConformance} from '../../src/testing/describe.js'
import {memorySubject} from '../testing/memory-subject.js'

describeConformance(
  () => {
    const world = emptyWorld()
    return memorySubject(memory(world), world)
  },
  {describe, it},
)

describe('the snapshots of the memory provider', () => {
  it('are read byte by byte when they are verified', async () => {
    const world = emptyWorld()
    world.snapshots.set('chk_0', new Map([['file', Buffer.from('four')]]))
    const {tiers} = memory(world)
    const checkpoint = {artifact: {mechanism: 'memory-copy', reference: 'chk_0', details: {}}} as never
    assert.deepEqual(await tiers['provider-native']?.verify(checkpoint, {} as never), {problems: [], checkedBytes: 4})
  })
})
