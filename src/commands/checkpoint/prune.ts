import {Flags} from '@oclif/core'

import {CrabboxCommand} from '../../cli/command.js'
import {parseDuration} from '../../cli/duration.js'
import {dryRunFlag, tierFlag} from '../../cli/flags.js'
import {pruneCheckpoints, type PruneResult} from '../../operations/prune.js'

export default class CheckpointPrune extends CrabboxCommand {
  static override summary = 'Delete the checkpoints that all given conditions hold for.'
  static override description = 'What is being made or used stays. Exit codes: 2 usage, 6 some of them were in use.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --unused-for 30d --dry-run',
    '<%= config.bin %> <%= command.id %> --failed',
  ]
  static override flags = {
    'older-than': Flags.string({description: 'made this long ago', helpValue: 'DURATION'}),
    'unused-for': Flags.string({description: 'not forked or restored for this long', helpValue: 'DURATION'}),
    tier: tierFlag(),
    failed: Flags.boolean({description: 'failed or interrupted'}),
    'dry-run': dryRunFlag,
  }

  async run(): Promise<PruneResult & {dryRun: boolean}> {
    const {flags} = await this.parse(CheckpointPrune)
    const age = (text: string | undefined): number | null => (text === undefined ? null : parseDuration(text))
    const wish = {
      olderThan: age(flags['older-than']),
      unusedFor: age(flags['unused-for']),
      tier: flags.tier ?? null,
      failed: flags.failed,
      dryRun: flags['dry-run'],
    }
    const environment = wish.dryRun ? await this.environment() : await this.changingEnvironment()
    const result = await pruneCheckpoints(wish, environment)
    for (const {id, name} of result.removed)
      this.log(`${wish.dryRun ? 'would delete' : 'deleted'} ${id}${name === null ? '' : ` (${name})`}`)
    for (const {checkpoint, reason} of result.kept) environment.progress.warn(`${checkpoint.id} was kept: ${reason}`)
    if (result.kept.length > 0) process.exitCode = 6
    if (result.removed.length === 0 && result.kept.length === 0) this.log('nothing to delete')
    return {...result, dryRun: wish.dryRun}
  }
}
