import assert from 'node:assert/strict'

import type {Provider} from '../../src/core/provider.js'
import {memory} from '../../src/providers/memory/index.js'
import {emptyWorld, type MemoryWorld} from '../../src/providers/memory/world.js'
import {conformanceCases} from '../../src/testing/conformance.js'
import {runConformance} from '../../src/testing/run.js'
import {memorySubject} from './memory-subject.js'
import {FORK_MUTANTS} from './mutants/forks.js'
import {LEASE_MUTANTS} from './mutants/leases.js'
import {REPORT_MUTANTS} from './mutants/reports.js'
import {RESTORE_MUTANTS} from './mutants/restores.js'
import {SNAPSHOT_MUTANTS} from './mutants/snapshots.js'
import {TIME_MUTANTS} from './mutants/times.js'

const MUTANTS = [
  ...LEASE_MUTANTS,
  ...SNAPSHOT_MUTANTS,
  ...FORK_MUTANTS,
  ...RESTORE_MUTANTS,
  ...TIME_MUTANTS,
  ...REPORT_MUTANTS,
]

describe('the conformance suite', () => {
  it('finds nothing wrong with a sound provider', async () => {
    assert.deepEqual(await failuresOf(memory), [])
  })

  for (const mutant of MUTANTS) {
    it(`catches a provider in which ${mutant.fault}`, async () => {
      const failures = await failuresOf(mutant.provider)
      if ('only' in mutant) assert.deepEqual(failures, mutant.only)
      else
        assert.deepEqual(
          mutant.among.filter(name => !failures.includes(name)),
          [],
        )
    })
  }
})

async function failuresOf(provider: (world: MemoryWorld) => Provider): Promise<string[]> {
  const world = emptyWorld()
  const {results} = await runConformance(conformanceCases(memorySubject(provider(world), world)))
  return results.filter(({outcome}) => outcome === 'failed').map(({name}) => name)
}
