import {join} from 'node:path'

import {silentProgress} from '../../src/core/progress.js'
import {asCheckpoint} from '../../src/operations/checkpoint-record.js'
import {ssh} from '../../src/providers/ssh/index.js'
import {openCatalog} from '../../src/state/catalog.js'
import {prepareStateDir} from '../../src/state/paths.js'
import {describeConformance} from '../../src/testing/describe.js'
import type {RecordKeeper} from '../../src/testing/subject.js'
import {sshHome} from '../support/ssh-home.js'

describe('the ssh provider', () => {
  const lab = sshHome()
  const stateDir = join(lab.home, 'state')
  const records: RecordKeeper = {
    put: checkpoint => openCatalog(stateDir).transact(rows => void rows.set(checkpoint.id, asCheckpoint(checkpoint))),
    remove: id => openCatalog(stateDir).transact(rows => void rows.delete(id)),
  }
  before(() => prepareStateDir(stateDir))
  const context = {stateDir, progress: silentProgress, signal: new AbortController().signal}
  const subject = {
    provider: ssh,
    context,
    records,
    get host() {
      return {name: lab.host, acceptNewKey: false}
    },
  }
  describeConformance(() => subject, {describe, it})
})
