import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {silentProgress} from '../../src/core/progress.js'
import {aws} from '../../src/providers/aws/index.js'
import {prepareStateDir} from '../../src/state/paths.js'
import {describeSideBySide} from './support/side-by-side.js'
import {expectNothing, openAwsLab, type AwsLab} from './support/aws-lab.js'
import {describeInCloud} from './support/ec2/in-cloud.js'

describeInCloud('the aws provider in the lab cloud', () => {
  const stateDir = mkdtempSync(join(tmpdir(), 'crabbox-aws-'))
  let lab: AwsLab
  before(async () => {
    lab = await openAwsLab()
    await prepareStateDir(stateDir)
  })
  after(async () => {
    await expectNothing(lab.cloud).finally(() => lab.close())
    rmSync(stateDir, {recursive: true})
  })
  const context = {
    stateDir,
    progress: silentProgress,
    signal: new AbortController().signal,
    settings: () => lab.settings(),
  }
  // Archives travel over SSH here as they do on every host, recipes are the same everywhere, and machines take their time: these
  // cases run on request.
  const whole = process.env['CRABBOX_LAB_WHOLE'] !== undefined
  const elsewhere: readonly unknown[] = ['workspace-archive', 'recipe']
  describeSideBySide({provider: aws, context}, 6, ({tier}) => whole || !elsewhere.includes(tier))
})
