import assert from 'node:assert/strict'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {CONTRACT} from '../../src/core/contract.js'
import type {Checkpoint} from '../../src/core/checkpoint.js'
import type {Refreshed, TierHandlers} from '../../src/core/handlers.js'
import {providerError} from '../../src/core/errors.js'
import {newCheckpointId} from '../../src/core/ids.js'
import {silentProgress} from '../../src/core/progress.js'
import {defineProvider} from '../../src/core/provider.js'
import {awaitReady} from '../../src/operations/await-ready.js'
import type {Environment} from '../../src/operations/environment.js'
import {createRegistry} from '../../src/providers/registry.js'
import {openCatalog} from '../../src/state/catalog.js'
import {prepareStateDir} from '../../src/state/paths.js'
import {checkpointDraft} from '../../src/testing/records.js'
import {leaseOf} from '../providers/aws/support/lease.js'

type Native = Refreshed<'provider-native'>
const artifact = {mechanism: 'snapshot', reference: 's1', details: {}}
const never = (): never => assert.fail('not called')

describe('waiting for a checkpoint that was cut', () => {
  let stateDir: string
  let checkpoint: Checkpoint
  let deleted: number
  beforeEach(async () => {
    stateDir = mkdtempSync(join(tmpdir(), 'crabbox-await-'))
    await prepareStateDir(stateDir)
    deleted = 0
    checkpoint = {
      ...checkpointDraft(newCheckpointId(), leaseOf('slow')),
      state: 'cut',
      tier: 'provider-native',
      artifact,
    }
    await openCatalog(stateDir).transact(rows => void rows.set(checkpoint.id, checkpoint))
  })
  afterEach(() => rmSync(stateDir, {recursive: true}))

  const environment = (refresh: () => Partial<Native>, signal = new AbortController().signal): Environment => {
    const registry = createRegistry()
    const handlers: TierHandlers<'provider-native'> = {
      guarantees: {preserves: [], loses: [], cost: '', retention: '', security: ''},
      probe: never,
      create: never,
      fork: never,
      verify: never,
      delete: async () => void deleted++,
      refresh: async () => ({state: 'cut', artifact, sizes: null, percent: null, failure: null, ...refresh()}),
    }
    const leases = {acquire: never, connect: never, status: never, release: never}
    const provider = defineProvider({name: 'slow', summary: '', leases, tiers: {'provider-native': handlers}})
    registry.register({name: 'slow', summary: '', contract: CONTRACT, load: async () => provider})
    return {registry, stateDir, signal, progress: silentProgress, version: '0', cwd: '/'}
  }

  it('goes on for forty minutes where it has to, and asks ever more seldom', async () => {
    let [clock, asked] = [0, 0]
    const ready = await awaitReady(
      checkpoint,
      environment(() => {
        asked++
        return clock < 2_400_000
          ? {percent: (clock / 2_400_000) * 100}
          : {state: 'ready', sizes: {content: 9, stored: 8, entries: 0}}
      }),
      async pause => void (clock += pause),
    )
    assert.equal(ready.state, 'ready')
    assert.deepEqual(ready.sizes, {content: 9, stored: 8, entries: 0})
    assert.ok(asked < 95, `it was asked ${asked} times`)
    assert.equal((await openCatalog(stateDir).read()).rows.get(checkpoint.id)?.state, 'ready')
  })

  it('ends with the reason when it has failed, and leaves nothing', async () => {
    const failing = environment(() => ({state: 'failed', failure: 'no room'}))
    await assert.rejects(awaitReady(checkpoint, failing), {code: 'CHECKPOINT_FAILED', message: /no room/})
    assert.equal(deleted, 1)
    assert.equal((await openCatalog(stateDir).read()).rows.size, 0)
  })

  it('outlives a provider that is out of reach for a while, and says that it goes on when that is long', async () => {
    let asked = 0
    const unreachable = (): never => {
      throw providerError('AWS_UNREACHABLE', 'no way')
    }
    const shaky = environment(() => (++asked < 8 ? unreachable() : {state: 'ready'}))
    assert.equal((await awaitReady(checkpoint, shaky, async () => undefined)).state, 'ready')
    await openCatalog(stateDir).transact(rows => void rows.set(checkpoint.id, checkpoint))
    const away = awaitReady(checkpoint, environment(unreachable), async () => undefined)
    await assert.rejects(away, {code: 'AWS_UNREACHABLE', message: /goes on/, hint: /inspect/})
  })

  it('can be interrupted: the checkpoint goes on, and the user is told', async () => {
    const controller = new AbortController()
    const waiting = awaitReady(
      checkpoint,
      environment(() => ({}), controller.signal),
    )
    setTimeout(() => controller.abort(), 20)
    await assert.rejects(waiting, {code: 'INTERRUPTED', message: /goes on/})
    assert.equal((await openCatalog(stateDir).read()).rows.get(checkpoint.id)?.state, 'cut')
    assert.equal(deleted, 0)
  })

  it('ends when the checkpoint is deleted meanwhile, and does not bring it back', async () => {
    const gone = environment(() => ({state: 'ready'}))
    await openCatalog(stateDir).transact(rows => void rows.delete(checkpoint.id))
    await assert.rejects(awaitReady(checkpoint, gone), {code: 'CHECKPOINT_NOT_FOUND'})
    assert.equal((await openCatalog(stateDir).read()).rows.size, 0)
  })
})
