import {Flags} from '@oclif/core'

import {CrabboxCommand} from '../../cli/command.js'
import {tierFlag} from '../../cli/flags.js'
import {formatAge, formatBytes, formatTable} from '../../cli/format.js'
import {parseLabels} from '../../cli/label.js'
import {listCheckpoints, type ListedCheckpoint} from '../../operations/list.js'
import {verifyCheckpoint} from '../../operations/verify.js'
import {defaultStateDir} from '../../state/paths.js'

type Row = ListedCheckpoint & {readonly problems?: readonly string[]}

export default class CheckpointList extends CrabboxCommand {
  static override summary = 'List checkpoints, newest first.'
  static override description =
    'With --verify, every byte of each is checked, and the exit code is 5 when something is wrong.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --name after-npm-ci',
    '<%= config.bin %> <%= command.id %> --label ticket=1234 --json',
  ]
  static override flags = {
    repo: Flags.string({description: 'of this repository (name or remote)'}),
    lease: Flags.string({description: 'of this lease (id or slug)'}),
    provider: Flags.string({description: 'of this provider'}),
    tier: tierFlag(),
    name: Flags.string({description: 'of this name'}),
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
    const rows = flags.verify ? await this.verified(checkpoints) : checkpoints
    for (const {id, reason} of damaged) this.warn(`the record of ${id} is damaged (${reason}); see crabbox doctor`)
    if (rows.length === 0) this.log('no checkpoints')
    else
      this.log(
        formatTable(
          ['ID', 'NAME', 'TIER', 'STATE', 'AGE', 'CONTENT', 'STORED', 'LEASE', 'REPOSITORY'],
          rows.map(cells),
        ),
      )
    return {checkpoints: rows, damaged}
  }

  private async verified(checkpoints: readonly ListedCheckpoint[]): Promise<Row[]> {
    const environment = await this.environment()
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

const cells = (row: Row): string[] => [
  row.id,
  row.name ?? '-',
  row.tier,
  stateOf(row),
  formatAge(row.createdAt),
  row.sizes === null ? '-' : formatBytes(row.sizes.content),
  row.sizes === null ? '-' : formatBytes(row.sizes.stored),
  row.lease.slug,
  row.repo?.name ?? '-',
]

function stateOf({state, interrupted, problems}: Row): string {
  if (interrupted) return `interrupted (${state})`
  if (problems === undefined) return state
  return problems.length === 0 ? 'verified' : 'damaged'
}
