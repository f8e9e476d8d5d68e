import {Flags} from '@oclif/core'

import {describeCreated} from '../../cli/describe-created.js'
import {CrabboxCommand} from '../../cli/command.js'
import {dryRunFlag, leaseFlag, workdirFlag} from '../../cli/flags.js'
import {parseLabels} from '../../cli/label.js'
import type {Checkpoint} from '../../core/checkpoint.js'
import {parseCheckpointName} from '../../core/ids.js'
import {createCheckpoint} from '../../operations/create.js'
import {planCreate, type CreatePlan, type CreateWish} from '../../operations/plan-create.js'
import {resolveLease} from '../../operations/resolve.js'
import {workdirOf} from '../../operations/workdir.js'
import {MODES, type Mode} from '../../tiers/choose.js'

export default class CheckpointCreate extends CrabboxCommand {
  static override summary = 'Save the state of a lease.'
  static override description = `Only what changed since the checkpoint that the lease was last equal to is read and stored.
Exit codes: 2 usage, 3 configuration or state directory, 4 no such lease or workdir, 5 provider or transfer, 6 the lease is busy, 130 interrupted.`
  static override examples = ['<%= config.bin %> <%= command.id %> --id blue-lobster --name after-npm-ci']
  static override flags = {
    id: leaseFlag,
    name: Flags.string({description: 'what to call it', helpValue: 'CHECKPOINT-NAME'}),
    mode: Flags.option({options: MODES as unknown as Mode[], description: 'what to save', default: 'auto' as const})(),
    workdir: workdirFlag,
    exclude: Flags.string({description: 'gitignore pattern to leave out', multiple: true, helpValue: 'PATTERN'}),
    note: Flags.string({description: 'a sentence for later'}),
    label: Flags.string({description: 'key=value for list --label', multiple: true, helpValue: 'KEY=VALUE'}),
    reboot: Flags.boolean({
      description: 'restart the machine for an image on which nothing was in the middle of being written',
    }),
    wait: Flags.boolean({description: 'wait until the checkpoint can be forked', default: true, allowNo: true}),
    'dry-run': dryRunFlag,
  }

  async run(): Promise<Checkpoint | (CreatePlan & {dryRun: true})> {
    const {flags} = await this.parse(CheckpointCreate)
    const name = flags.name === undefined ? null : parseCheckpointName(flags.name)
    const labels = parseLabels(flags.label ?? [])
    const environment = flags['dry-run'] ? await this.environment() : await this.changingEnvironment()
    const lease = await resolveLease(environment.stateDir, flags.id)
    const wish: CreateWish = {
      lease,
      name,
      labels,
      mode: flags.mode,
      workdir: workdirOf(lease, flags.workdir ?? null),
      excludes: flags.exclude ?? [],
      note: flags.note ?? null,
      reboot: flags.reboot,
      wait: flags.wait,
    }
    if (flags['dry-run']) {
      const plan = await planCreate(wish, environment)
      this.log(`would save ${plan.workdir} as ${plan.tier}${plan.parent === null ? '' : `, on top of ${plan.parent}`}`)
      return {...plan, dryRun: true}
    }

    const checkpoint = await createCheckpoint(wish, environment)
    for (const warning of checkpoint.warnings) environment.progress.warn(warning)
    this.log(describeCreated(checkpoint))
    return checkpoint
  }
}
