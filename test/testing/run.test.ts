import assert from 'node:assert/strict'

import type {Context} from '../../src/core/context.js'
import {silentProgress} from '../../src/core/progress.js'
import {memory} from '../../src/providers/memory/index.js'
import {emptyWorld} from '../../src/providers/memory/world.js'
import {nameOfCase, type ConformanceCase} from '../../src/testing/case.js'
import {conformanceCases} from '../../src/testing/conformance.js'
import {describeConformance} from '../../src/testing/describe.js'
import {inLab} from '../../src/testing/lab.js'
import {prepare} from '../../src/testing/prepare.js'
import {runConformance} from '../../src/testing/run.js'
import {memorySubject} from './memory-subject.js'

const entry = (title: string, run: () => Promise<void>): ConformanceCase => ({
  operation: 'fork',
  tier: 'recipe',
  title,
  run,
})

describe('the runner-free report', () => {
  it('goes on after a failure, and tells of each case as it ends', async () => {
    const error = new Error('broken')
    const cases = [entry('fails', () => Promise.reject(error)), entry('passes', async () => undefined)]
    const told: string[] = []
    const report = await runConformance(cases, {
      onResult: ({name, outcome}) => told.push(`${name} ${outcome}`),
    })
    assert.deepEqual([report.passed, report.failed], [1, 1])
    assert.deepEqual(
      {...report.results[0], took: 0},
      {
        operation: 'fork',
        tier: 'recipe',
        title: 'fails',
        name: 'fork (recipe): fails',
        took: 0,
        outcome: 'failed',
        error,
      },
    )
    assert.deepEqual(told, ['fork (recipe): fails failed', 'fork (recipe): passes passed'])
  })
})

describe('the cases', () => {
  it('have names that are unique', () => {
    const names = conformanceCases(memorySubject(memory(), emptyWorld())).map(nameOfCase)
    assert.deepEqual(
      names.filter((name, index) => names.indexOf(name) !== index),
      [],
    )
  })

  it('cover the declared tiers, and that the others are refused', () => {
    const {name, summary, leases, tiers} = memory()
    const cases = conformanceCases(memorySubject({name, summary, leases, tiers}, emptyWorld()))
    const refused = cases.filter(({title}) => title.startsWith('is refused with TIER_UNSUPPORTED'))
    assert.deepEqual(
      refused.map(({tier}) => tier),
      ['recipe', 'workspace-archive', 'aws-ami'],
    )
    const others = cases.filter(entry => !refused.includes(entry))
    assert.deepEqual([...new Set(others.map(({tier}) => tier))], [null, 'provider-native'])
    assert.ok(cases.every(({operation}) => operation !== 'restore'))
  })

  it('leave nothing behind', async () => {
    const world = emptyWorld()
    await runConformance(conformanceCases(memorySubject(memory(world), world)))
    assert.deepEqual([world.leases.size, world.snapshots.size, world.replaced.size], [0, 0, 0])
  })

  it('give back what they leased when they fail, also when the subject is interrupted', async () => {
    const world = emptyWorld()
    const context: Context = {signal: AbortSignal.abort(), progress: silentProgress, stateDir: '/memory'}
    const work = inLab(prepare({...memorySubject(memory(world), world), context}), async lab => {
      await lab.acquire()
      throw new Error('the case failed')
    })
    await assert.rejects(work, /the case failed/)
    assert.equal(world.leases.size, 0)
  })

  it('fail when they cannot give back what they leased', async () => {
    const world = emptyWorld()
    const sound = memory(world)
    const leases = {...sound.leases, release: () => Promise.reject(new Error('no way'))}
    const work = inLab(prepare(memorySubject({...sound, leases}, world)), async lab => void (await lab.acquire()))
    await assert.rejects(work, /no way/)
  })
})

describe('describeConformance', () => {
  it('gives a test runner one group for each operation', () => {
    const groups: string[] = []
    let cases = 0
    describeConformance(() => memorySubject(memory(), emptyWorld()), {
      describe: (title, body) => {
        groups.push(title)
        body()
      },
      it: () => cases++,
    })
    assert.deepEqual(groups, [
      'the provider memory conforms',
      'acquire',
      'connect',
      'release',
      'create',
      'fork',
      'restore',
      'delete',
      'verify',
      'recover',
      'cancel',
    ])
    assert.equal(cases, conformanceCases(memorySubject(memory(), emptyWorld())).length)
  })
})
