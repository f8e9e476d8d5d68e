import {join} from 'node:path'

import {silentProgress} from '../../src/core/progress.js'
import {ssh} from '../../src/providers/ssh/index.js'
import {prepareStateDir} from '../../src/state/paths.js'
import {describeConformance} from '../../src/testing/describe.js'
import {sshHome} from '../support/ssh-home.js'
import {tiersIn} from '../support/tiers-here.js'

describe('the ssh provider', () => {
  const lab = sshHome()
  const stateDir = join(lab.home, 'state')
  before(() => prepareStateDir(stateDir))
  const context = {stateDir, progress: silentProgress, signal: new AbortController().signal}
  const subject = {
    provider: ssh,
    context,
    tiers: tiersIn(ssh, lab.home),
    get host() {
      return {name: lab.host, acceptNewKey: false}
    },
  }
  describeConformance(() => subject, {describe, it})
})
