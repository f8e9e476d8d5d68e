import assert from 'node:assert/strict'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import type {Checkpoint} from '../../src/core/checkpoint.js'
import {newCheckpointId} from '../../src/core/ids.js'
import {abandoned} from '../../src/operations/abandoned.js'
import {isUnfinished} from '../../src/operations/interrupted.js'
import {openCatalog} from '../../src/state/catalog.js'
import {acquireLock, type Lock} from '../../src/state/locks.js'
import {prepareStateDir} from '../../src/state/paths.js'
import type {Table} from '../../src/state/table.js'
import {checkpointDraft} from '../../src/testing/records.js'
import {leaseOf} from '../providers/aws/support/lease.js'

describe('records that nobody is at any more', () => {
  let stateDir: string
  let catalog: Table<Checkpoint>
  const row: Checkpoint = {
    ...checkpointDraft(newCheckpointId(), leaseOf('local')),
    state: 'creating',
    tier: 'workspace-archive',
    artifact: null,
  }
  beforeEach(async () => {
    stateDir = mkdtempSync(join(tmpdir(), 'crabbox-abandoned-'))
    await prepareStateDir(stateDir)
    catalog = openCatalog(stateDir)
    await put('creating')
  })
  afterEach(() => rmSync(stateDir, {recursive: true}))

  const put = (state: Checkpoint['state']): Promise<void> =>
    catalog.transact(rows => void rows.set(row.id, {...row, state}))
  const hold = (): Promise<Lock> =>
    acquireLock(stateDir, {key: `checkpoint:${row.id}`, mode: 'exclusive', what: 'checkpoint create', describe: 'it'})
  const look = async (read = catalog.read): Promise<string[]> =>
    (await abandoned({read}, isUnfinished, stateDir)).map(({id}) => id)

  it('are found', async () => {
    assert.deepEqual(await look(), [row.id])
  })

  it('are not those that somebody holds', async () => {
    const lock = await hold()
    assert.deepEqual(await look(), [])
    await lock.release()
  })

  it('are not those that somebody began while it was looked', async () => {
    let lock: Lock | undefined
    const begun = async (): ReturnType<typeof catalog.read> => {
      lock ??= await hold()
      return catalog.read()
    }
    assert.deepEqual(await look(begun), [])
    await lock?.release()
  })

  it('are not those that were finished while it was looked', async () => {
    const lock = await hold()
    const finished = async (): ReturnType<typeof catalog.read> => {
      const seen = await catalog.read()
      await put('ready')
      await lock.release()
      return seen
    }
    assert.deepEqual(await look(finished), [])
  })
})
