import assert from 'node:assert/strict'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {CONTRACT} from '../../src/core/contract.js'
import type {Checkpoint} from '../../src/core/checkpoint.js'
import {newCheckpointId, newLeaseId} from '../../src/core/ids.js'
import {ANY_MACHINE, type Lease} from '../../src/core/lease.js'
import {silentProgress} from '../../src/core/progress.js'
import {defineProvider} from '../../src/core/provider.js'
import type {Resource} from '../../src/core/recovered.js'
import {thisUser} from '../../src/core/this-user.js'
import type {Environment} from '../../src/operations/environment.js'
import {recoverCatalog, type RecoverReport} from '../../src/operations/recover-catalog.js'
import {createRegistry} from '../../src/providers/registry.js'
import {openCatalog} from '../../src/state/catalog.js'
import {openLeases} from '../../src/state/leases.js'
import {prepareStateDir} from '../../src/state/paths.js'
import {recipe} from '../../src/tiers/recipe.js'
import {checkpointDraft} from '../../src/testing/records.js'
import {artifactOf, leaseOf} from '../providers/aws/support/lease.js'

const never = (): never => assert.fail('not called')
const OTHER = 'colleague@there'

describe('making records again of what a provider holds', () => {
  let stateDir: string
  let lease: Lease
  let mine: Checkpoint
  let theirs: Checkpoint
  let resources: Resource[]
  const imageOf = (): Checkpoint => ({
    ...checkpointDraft(newCheckpointId(), lease),
    state: 'ready',
    tier: 'aws-ami',
    artifact: artifactOf('here', lease),
  })
  const resource = (kind: string, of: Partial<Resource>): Resource => ({
    kind,
    id: `${kind}-1`,
    region: 'here',
    lease: null,
    checkpoint: null,
    owner: thisUser(),
    ...of,
  })
  beforeEach(async () => {
    stateDir = mkdtempSync(join(tmpdir(), 'crabbox-recover-'))
    await prepareStateDir(stateDir)
    lease = leaseOf('cloud')
    mine = imageOf()
    theirs = imageOf()
    resources = [
      resource('image', {checkpoint: mine.id}),
      resource('image', {id: 'image-2', checkpoint: theirs.id, owner: OTHER}),
    ]
  })
  afterEach(() => rmSync(stateDir, {recursive: true}))

  const recover = (more: {all?: boolean; dryRun?: boolean} = {}): Promise<RecoverReport> => {
    const registry = createRegistry()
    const provider = defineProvider({
      name: 'cloud',
      summary: '',
      leases: {acquire: never, connect: never, status: never, release: never},
      tiers: {recipe: recipe()},
      recover: async () => ({checkpoints: [mine, theirs], resources}),
    })
    registry.register({name: 'cloud', summary: '', contract: CONTRACT, load: async () => provider})
    const signal = new AbortController().signal
    const environment: Environment = {registry, stateDir, signal, progress: silentProgress, version: '0', cwd: '/'}
    return recoverCatalog({provider: 'cloud', machine: ANY_MACHINE, all: false, dryRun: false, ...more}, environment)
  }
  const rows = async (): Promise<ReadonlyMap<string, Checkpoint>> => (await openCatalog(stateDir).read()).rows

  it("takes one's own, and lists those of others", async () => {
    const {recovered, unknown} = await recover()
    assert.deepEqual(
      recovered.map(({id}) => id),
      [mine.id],
    )
    assert.deepEqual(
      unknown.map(({id, owner}) => [id, owner]),
      [['image-2', OTHER]],
    )
    assert.deepEqual([...(await rows()).keys()], [mine.id])
  })

  it('takes those of others when it is told to', async () => {
    const {recovered, unknown} = await recover({all: true})
    assert.equal(recovered.length, 2)
    assert.deepEqual(unknown, [])
  })

  it('changes nothing when it is a dry run', async () => {
    assert.equal((await recover({dryRun: true})).recovered.length, 1)
    assert.equal((await rows()).size, 0)
  })

  it('leaves a record as it is, with what only that knows', async () => {
    await openCatalog(stateDir).transact(all => void all.set(mine.id, {...mine, labels: {ticket: '1'}}))
    assert.deepEqual((await recover()).recovered, [])
    assert.deepEqual((await rows()).get(mine.id)?.labels, {ticket: '1'})
  })

  it('is not fooled by what an interrupted create has left: that record leads nowhere', async () => {
    assert.ok(mine.tier === 'aws-ami' && mine.artifact !== null)
    const left: Checkpoint = {...mine, state: 'failed', artifact: {...mine.artifact, imageId: null}}
    await openCatalog(stateDir).transact(all => void all.set(mine.id, left))
    assert.equal((await recover()).recovered.length, 1)
    assert.equal((await rows()).get(mine.id)?.state, 'ready')
  })

  it('lists the machines of leases that are not recorded here, and of no others', async () => {
    await openLeases(stateDir).transact(all => void all.set(lease.id, lease))
    resources = [resource('instance', {lease: lease.id}), resource('instance', {id: 'lost', lease: newLeaseId()})]
    assert.deepEqual(
      (await recover()).unknown.map(({id}) => id),
      ['lost'],
    )
  })
})
