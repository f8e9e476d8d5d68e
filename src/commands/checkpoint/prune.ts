import {Flags} from '@oclif/core'

import {CrabboxCommand} from '../../cli/command.js'
import {parseDuration} from '../../cli/duration.js'
import {failureOf, type Failure} from '../../cli/errors.js'
import {dryRunFlag, tierFlag} from '../../cli/flags.js'
import type {Checkpoint} from '../../core/checkpoint.js'
import {EXIT, inOneLine, reasonOf} from '../../core/errors.js'
import {pruneCheckpoints} from '../../operations/prune.js'

interface PruneOutput {
  readonly removed: readonly Checkpoint[]
  readonly kept: readonly {readonly checkpoint: Checkpoint; readonly reason: string; readonly error: Failure}[]
  readonly dryRun: boolean
}

export default class CheckpointPrune extends CrabboxCommand {
  static override summary = 'Delete the checkpoints that all given conditions hold for.'
  static override description =
    'What is being made or used stays. Exit codes: 2 usage, 6 some of them were in use, else that of what kept one of them.'
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

  async run(): Promise<PruneOutput> {
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
    const {removed, kept} = await pruneCheckpoints(wish, environment)
    for (const {id, name} of removed)
      this.log(`${wish.dryRun ? 'would delete' : 'deleted'} ${id}${name === null ? '' : ` (${name})`}`)
    for (const {checkpoint, error} of kept) environment.progress.warn(`${checkpoint.id} was kept: ${inOneLine(error)}`)
    const told = kept.map(({checkpoint, error}) => ({checkpoint, reason: reasonOf(error), error: failureOf(error)}))
    // What is in use is no fault: whatever else kept one of them is worth more attention.
    const exits = told.map(({error}) => error.exit)
    if (exits.length > 0) process.exitCode = exits.find(exit => exit !== EXIT.busy) ?? EXIT.busy
    if (removed.length === 0 && kept.length === 0) this.log('nothing to delete')
    return {removed, kept: told, dryRun: wish.dryRun}
  }
}
