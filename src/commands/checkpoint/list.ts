import {Flags} from '@oclif/core'

import {checkpointTable, type Row} from '../../cli/checkpoint-table.js'
import {CrabboxCommand} from '../../cli/command.js'
import {tierFlag} from '../../cli/flags.js'
import {parseLabels} from '../../cli/label.js'
import {listCheckpoints, type ListedCheckpoint} from '../../operations/list.js'
import {defaultStateDir} from '../../state/paths.js'

export default class CheckpointList extends CrabboxCommand {
  static override summary = 'List checkpoints, newest first.'
  static override description =
    'With --verify, every byte of each is checked, and the exit code is 5 when something is wrong.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --name after-npm-ci',
    '<%= config.bin %> <%= command.id %> --label ticket=1234 --json',
  ]
  static override flags = {
    repo: Flags.string({description: 'of this repository (name or remote)', helpValue: 'REPOSITORY'}),
    lease: Flags.string({description: 'of this lease (id or slug)', helpValue: 'LEASE'}),
    provider: Flags.string({description: 'of this provider', helpValue: 'PROVIDER'}),
    tier: tierFlag(),
    name: Flags.string({description: 'of this name', helpValue: 'CHECKPOINT-NAME'}),
    label: Flags.string({description: 'with this label', multiple: true, helpValue: 'KEY=VALUE'}),
    verify: Flags.boolean({description: 'check every byte of each'}),
  }

  async run(): Promise<{checkpoints: Row[]; damaged: readonly {id: string; reason: string}[]}> {
    const {flags} = await this.parse(CheckpointList)
    const {repo = null, lease = null, provider = null, tier = null, name = null} = flags
    const {checkpoints, damaged} = await listCheckpoints(
      {repo, lease, provider, tier, name, labels: parseLabels(flags.label ?? [])},
      defaultStateDir(process.env),
    )
    const rows = await this.priced(flags.verify ? await this.verified(checkpoints) : checkpoints)
    for (const {id, reason} of damaged) this.warn(`the record of ${id} is damaged (${reason}); see crabbox doctor`)
    if (rows.length === 0) this.log('no checkpoints')
    else this.log(checkpointTable(rows))
    return {checkpoints: rows, damaged}
  }

  /** Only where something costs: a provider is loaded for it. */
  private async priced(rows: readonly Row[]): Promise<Row[]> {
    if (rows.every(({tier}) => tier === 'workspace-archive' || tier === 'recipe')) return [...rows]
    const [{costOf}, environment] = await Promise.all([import('../../operations/cost.js'), this.environment()])
    return Promise.all(rows.map(async row => ({...row, cost: await costOf(row, environment)})))
  }

  private async verified(checkpoints: readonly ListedCheckpoint[]): Promise<Row[]> {
    const [{verifyCheckpoint}, environment] = await Promise.all([
      import('../../operations/verify.js'),
      this.environment(),
    ])
    const rows: Row[] = []
    for (const checkpoint of checkpoints) {
      if (checkpoint.state !== 'ready') {
        rows.push(checkpoint)
        continue
      }

      const {problems} = await verifyCheckpoint(checkpoint, environment)
      for (const problem of problems) this.warn(`${checkpoint.id}: ${problem}`)
      if (problems.length > 0) process.exitCode = 5
      rows.push({...checkpoint, problems})
    }

    return rows
  }
}
