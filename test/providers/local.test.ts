import {mkdtempSync} from 'node:fs'
import {rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {silentProgress} from '../../src/core/progress.js'
import {asCheckpoint} from '../../src/operations/checkpoint-record.js'
import {local} from '../../src/providers/local/index.js'
import {openCatalog} from '../../src/state/catalog.js'
import {prepareStateDir} from '../../src/state/paths.js'
import {describeConformance} from '../../src/testing/describe.js'
import type {RecordKeeper} from '../../src/testing/subject.js'

const stateDir = mkdtempSync(join(tmpdir(), 'crabbox-local-'))

const records: RecordKeeper = {
  put: checkpoint => openCatalog(stateDir).transact(rows => void rows.set(checkpoint.id, asCheckpoint(checkpoint))),
  remove: id => openCatalog(stateDir).transact(rows => void rows.delete(id)),
}

describe('the local provider', () => {
  before(() => prepareStateDir(stateDir))
  after(() => rm(stateDir, {recursive: true, force: true}))
  const context = {stateDir, progress: silentProgress, signal: new AbortController().signal}
  describeConformance(() => ({provider: local, context, records}), {describe, it})
})
