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
