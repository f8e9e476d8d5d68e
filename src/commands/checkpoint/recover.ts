import {Flags} from '@oclif/core'

import {CrabboxCommand} from '../../cli/command.js'
import {dryRunFlag} from '../../cli/flags.js'
import {formatTable} from '../../cli/format.js'
import {ANY_MACHINE} from '../../core/lease.js'
import {recoverCatalog, type RecoverReport} from '../../operations/recover-catalog.js'

export default class CheckpointRecover extends CrabboxCommand {
  static override summary = 'Make lost records again from what a provider holds.'
  static override description = `Only what you have made yourself on this machine, unless --all is given. What else bears crabbox's mark there and is in no record here is listed.
Exit codes: 2 usage, 3 credentials, 4 unknown provider, 5 the provider failed.`
  static override examples = ['<%= config.bin %> <%= command.id %> --provider aws --region eu-central-1']
  static override flags = {
    provider: Flags.string({description: 'whom to ask', helpValue: 'PROVIDER', required: true}),
    region: Flags.string({description: "where to look (default: the provider's own)"}),
    all: Flags.boolean({description: 'also what others have made'}),
    'dry-run': dryRunFlag,
  }

  async run(): Promise<RecoverReport & {dryRun: boolean}> {
    const {flags} = await this.parse(CheckpointRecover)
    const dryRun = flags['dry-run']
    const environment = dryRun ? await this.environment() : await this.changingEnvironment()
    const machine = {...ANY_MACHINE, region: flags.region ?? null}
    const report = await recoverCatalog({provider: flags.provider, machine, all: flags.all, dryRun}, environment)
    for (const {id, name} of report.recovered)
      this.log(`${dryRun ? 'would recover' : 'recovered'} ${id}${name === null ? '' : ` (${name})`}`)
    if (report.recovered.length === 0) this.log('no record is missing')
    if (report.unknown.length > 0) {
      const rows = report.unknown.map(({kind, id, region, lease, checkpoint, owner}) => [
        kind,
        id,
        region,
        checkpoint ?? lease ?? '-',
        owner ?? '-',
      ])
      this.log(`\nin no record here:\n${formatTable(['KIND', 'ID', 'REGION', 'OF', 'OWNER'], rows)}`)
    }

    return {...report, dryRun}
  }
}
