import {Args} from '@oclif/core'

import {CrabboxCommand} from '../../cli/command.js'
import {dryRunFlag, leaseFlag, workdirFlag} from '../../cli/flags.js'
import {formatBytes} from '../../cli/format.js'
import {repoHere} from '../../cli/repo-here.js'
import type {RestoreResult} from '../../core/restore.js'
import {resolveCheckpoint, resolveLease} from '../../operations/resolve.js'
import {restoreCheckpoint} from '../../operations/restore.js'

/** Files that the text output names. */
const NAMED = 20

export default class CheckpointRestore extends CrabboxCommand {
  static override summary = "Make a lease's workdir what a checkpoint holds."
  static override description = `Only what differs is sent, checked beside the workdir, and swapped in at once. crabbox checkpoint undo puts back what was there.
Exit codes: 2 usage, 4 no such lease or checkpoint, 5 provider, transfer or a damaged layer, 6 busy, 130 interrupted.`
  static override examples = ['<%= config.bin %> <%= command.id %> after-npm-ci --id blue-lobster']
  static override args = {checkpoint: Args.string({description: 'id, unique prefix of it, or name', required: true})}
  static override flags = {id: leaseFlag, workdir: workdirFlag, 'dry-run': dryRunFlag}

  async run(): Promise<RestoreResult & {checkpoint: string; lease: string; target: string; dryRun: boolean}> {
    const {args, flags} = await this.parse(CheckpointRestore)
    const dryRun = flags['dry-run']
    const environment = dryRun ? await this.environment() : await this.changingEnvironment()
    const lease = await resolveLease(environment.stateDir, flags.id)
    const checkpoint = await resolveCheckpoint(environment.stateDir, args.checkpoint, repoHere(environment))
    const result = await restoreCheckpoint({checkpoint, lease, dryRun, workdir: flags.workdir ?? null}, environment)
    const changes = [...result.sent.map(path => `  put    ${path}`), ...result.removed.map(path => `  remove ${path}`)]
    for (const line of changes.slice(0, NAMED)) this.log(line)
    if (changes.length > NAMED) this.log(`  … and ${changes.length - NAMED} more`)
    const what = `${result.sent.length} put, ${result.removed.length} removed, ${result.unchanged} unchanged, ${formatBytes(result.sentBytes)} sent`
    this.log(
      changes.length === 0
        ? `${result.target} is what ${checkpoint.id} holds already`
        : `${dryRun ? 'would restore' : 'restored'} ${result.target}: ${what}`,
    )
    return {...result, checkpoint: checkpoint.id, lease: lease.id, dryRun}
  }
}
