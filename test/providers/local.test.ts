import {mkdtempSync} from 'node:fs'
import {rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {silentProgress} from '../../src/core/progress.js'
import {local} from '../../src/providers/local/index.js'
import {prepareStateDir} from '../../src/state/paths.js'
import {describeConformance} from '../../src/testing/describe.js'
import {tiersIn} from '../support/tiers-here.js'

const stateDir = mkdtempSync(join(tmpdir(), 'crabbox-local-'))

describe('the local provider', () => {
  before(() => prepareStateDir(stateDir))
  after(() => rm(stateDir, {recursive: true, force: true}))
  const context = {stateDir, progress: silentProgress, signal: new AbortController().signal}
  describeConformance(() => ({provider: local, context, tiers: tiersIn(local, stateDir)}), {describe, it})
})
