import {Args, Flags} from '@oclif/core'

import {CrabboxCommand} from '../../cli/command.js'
import {dryRunFlag} from '../../cli/flags.js'
import {repoHere} from '../../cli/repo-here.js'
import {deleteCheckpoint} from '../../operations/delete.js'
import {resolveCheckpoint} from '../../operations/resolve.js'

export default class CheckpointDelete extends CrabboxCommand {
  static override summary = 'Delete a checkpoint. Leases that were forked from it stay.'
  static override description =
    'Exit codes: 2 the name is ambiguous, 4 no such checkpoint, 5 the provider failed, 6 it is in use.'
  static override examples = ['<%= config.bin %> <%= command.id %> after-npm-ci']
  static override args = {checkpoint: Args.string({description: 'id, unique prefix of it, or name', required: true})}
  static override flags = {
    'local-only': Flags.boolean({
      description: "forget the record and leave the provider's own snapshots or images alone",
    }),
    force: Flags.boolean({description: 'also when new leases boot from it'}),
    'dry-run': dryRunFlag,
  }

  async run(): Promise<{deleted: string; dryRun: boolean}> {
    const {args, flags} = await this.parse(CheckpointDelete)
    const dryRun = flags['dry-run']
    const environment = dryRun ? await this.environment() : await this.changingEnvironment()
    const checkpoint = await resolveCheckpoint(environment.stateDir, args.checkpoint, repoHere(environment))
    if (!dryRun) await deleteCheckpoint(checkpoint, {localOnly: flags['local-only'], force: flags.force}, environment)
    this.log(
      `${dryRun ? 'would delete' : 'deleted'} ${checkpoint.id}${checkpoint.name === null ? '' : ` (${checkpoint.name})`}`,
    )
    return {deleted: checkpoint.id, dryRun}
  }
}
