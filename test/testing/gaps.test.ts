import assert from 'node:assert/strict'

import type {Probe} from '../../src/core/handlers.js'
import {memory} from '../../src/providers/memory/index.js'
import {emptyWorld} from '../../src/providers/memory/world.js'
import type {ConformanceCase} from '../../src/testing/case.js'
import {availableTiers} from '../../src/testing/available-tiers.js'
import {conformanceCases} from '../../src/testing/conformance.js'
import {describeConformance} from '../../src/testing/describe.js'
import {withGaps} from '../../src/testing/gaps.js'
import {notOffered} from '../../src/testing/not-offered.js'
import {runConformance} from '../../src/testing/run.js'
import {memorySubject} from './memory-subject.js'

const entry = (title: string, run: () => Promise<void>): ConformanceCase => ({
  operation: 'fork',
  tier: null,
  title,
  run,
})
const CASES = [
  entry('fails', () => Promise.reject(new Error('broken'))),
  entry('passes', () => Promise.resolve()),
] as const

describe('a known gap', () => {
  it('is reported with its reason, and is no failure', async () => {
    const gaps = [{case: 'fork: fails', reason: 'the backend cannot'}]
    const {results, passed, failed, gaps: count} = await runConformance(withGaps(CASES, gaps))
    assert.deepEqual({passed, failed, count}, {passed: 1, failed: 0, count: 1})
    const [first] = results
    assert.ok(first?.outcome === 'gap')
    assert.equal(first.reason, 'the backend cannot')
  })

  it('fails as soon as it passes', async () => {
    const {results} = await runConformance(withGaps(CASES, [{case: 'fork: passes', reason: 'the backend cannot'}]))
    const [, second] = results
    assert.equal(second?.outcome, 'failed')
    assert.match(String(second.error), /passes, and is a known gap \(the backend cannot\): take it off the list/)
  })

  it('has to be a case', () => {
    const subject = memorySubject(memory(), emptyWorld())
    const gaps = [{case: 'fork (provider-native): is fast', reason: 'it is not'}]
    assert.throws(() => conformanceCases(subject, gaps), /"fork \(provider-native\): is fast", but no such case/)
  })

  it('is named where a test runner shows the case', () => {
    const titles: string[] = []
    const runner = {describe: (_: string, body: () => void) => body(), it: (title: string) => titles.push(title)}
    const gaps = [{case: 'acquire: leaves a lease that runs', reason: 'it sleeps'}]
    describeConformance(() => memorySubject(memory(), emptyWorld()), runner, gaps)
    assert.ok(titles.includes('leaves a lease that runs (a known gap: it sleeps)'))
  })
})

describe('what is not offered', () => {
  it('is what a provider need not do', () => {
    const {restores, ...unrestored} = memory()
    assert.notEqual(restores, undefined)
    assert.deepEqual(notOffered(unrestored), [
      'the tier recipe',
      'the tier workspace-archive',
      'the tier aws-ami',
      'restore of provider-native in place',
      'the list of leases on a host',
      'a plan of what a lease costs',
      'recovery of lost records',
    ])
  })
})

describe('a tier that does not work where a provider is tested', () => {
  const probing = (probe: Probe): ReturnType<typeof memory> => {
    const sound = memory()
    const native = sound.tiers['provider-native']
    assert.ok(native !== undefined)
    const tiers = {'provider-native': {...native, probe: async () => probe}}
    return {...sound, tiers}
  }

  const refusing = (reason: string): ReturnType<typeof memory> => probing({ok: false, reason})

  it('is told of with the reason of probe, and has one case', async () => {
    const subject = memorySubject(refusing('the disk is full'), emptyWorld())
    const {tiers, unavailable} = await availableTiers(subject)
    assert.deepEqual([tiers, unavailable], [[], {'provider-native': 'the disk is full'}])
    assert.ok(notOffered(subject.provider, unavailable).includes('the tier provider-native here: the disk is full'))
    const cases = conformanceCases({...subject, tiers}).filter(({tier}) => tier === 'provider-native')
    assert.equal(cases.length, 1)
  })

  it('has to be refused by probe, with a reason', async () => {
    const failedOf = async (provider: ReturnType<typeof memory>): Promise<number> => {
      const world = emptyWorld()
      const cases = conformanceCases({...memorySubject({...provider, leases: memory(world).leases}, world), tiers: []})
      return (await runConformance(cases.filter(({tier}) => tier === 'provider-native'))).failed
    }
    assert.deepEqual(
      await Promise.all([refusing('the disk is full'), refusing(''), probing({ok: true})].map(failedOf)),
      [0, 1, 1],
    )
  })
})

describe('the suite', () => {
  it('stops between two cases when it is aborted', async () => {
    const controller = new AbortController()
    const {results} = await runConformance(CASES, {signal: controller.signal, onResult: () => controller.abort()})
    assert.equal(results.length, 1)
  })
})
