import {Args, Flags} from '@oclif/core'

import {CrabboxCommand} from '../../cli/command.js'
import {describeCheckpoint} from '../../cli/describe-checkpoint.js'
import {repoHere} from '../../cli/repo-here.js'
import {formatBytes} from '../../cli/format.js'
import type {Checkpoint} from '../../core/checkpoint.js'
import type {Cost, VerifyReport} from '../../core/handlers.js'
import {costOf} from '../../operations/cost.js'
import {refreshed} from '../../operations/refresh.js'
import {resolveCheckpoint} from '../../operations/resolve.js'
import {verifyCheckpoint} from '../../operations/verify.js'

export default class CheckpointInspect extends CrabboxCommand {
  static override summary = 'Show a checkpoint, and check it with --verify.'
  static override description =
    'Exit codes: 2 the name is ambiguous, 4 no such checkpoint, 5 --verify found something wrong, 6 it is not ready.'
  static override examples = ['<%= config.bin %> <%= command.id %> after-npm-ci --verify']
  static override args = {checkpoint: Args.string({description: 'id, unique prefix of it, or name', required: true})}
  static override flags = {verify: Flags.boolean({description: 'read and check every byte'})}

  async run(): Promise<{checkpoint: Checkpoint; cost: Cost | null; verify: VerifyReport | null}> {
    const {args, flags} = await this.parse(CheckpointInspect)
    const environment = await this.environment()
    const known = await resolveCheckpoint(environment.stateDir, args.checkpoint, repoHere(environment))
    const checkpoint = await refreshed(known, environment)
    const cost = await costOf(checkpoint, environment)
    for (const line of describeCheckpoint(checkpoint, cost)) this.log(line)
    if (!flags.verify) return {checkpoint, cost, verify: null}
    const verify = await verifyCheckpoint(checkpoint, environment)
    if (verify.problems.length > 0) process.exitCode = 5
    for (const problem of verify.problems) this.logToStderr(`problem: ${problem}`)
    this.log(
      verify.problems.length === 0
        ? `verified:    ${formatBytes(verify.checkedBytes)} read, nothing wrong`
        : `verified:    ${verify.problems.length} problems`,
    )
    return {checkpoint, cost, verify}
  }
}
