import {Flags} from '@oclif/core'

import {CrabboxCommand} from '../cli/command.js'
import {commandToRun} from '../cli/command-to-run.js'
import {loadConfiguration} from '../cli/config/configuration.js'
import {newLeaseOf, placementFlags, refuseFor} from '../cli/placement.js'
import {commandEnvironment, standardStreams} from '../cli/run-io.js'
import {wordsOf} from '../cli/words.js'
import {CrabboxError} from '../core/errors.js'
import type {Lease} from '../core/lease.js'
import {borrowLease} from '../operations/borrow-lease.js'
import {runOnLease} from '../operations/run.js'

interface RunOutput {
  readonly lease: Pick<Lease, 'id' | 'slug' | 'workdir'>
  readonly exitCode: number
  readonly kept: boolean
}

export default class Run extends CrabboxCommand {
  static override summary = 'Sync your checkout to a lease and run a command in its workdir.'
  static override description = `What git tracks and untracked files that are not ignored are synced first; a fork is left as it is unless --sync is given.
The exit code is the command's own. Exit codes when it could not be run: 2 usage, 3 configuration, 4 no such lease, 5 provider, 6 the lease is busy.`
  static override examples = [
    "<%= config.bin %> <%= command.id %> --id blue-lobster --shell 'npm ci && npm test'",
    '<%= config.bin %> <%= command.id %> --id blue-lobster -- npm test',
    '<%= config.bin %> <%= command.id %> -- make check',
  ]
  static override strict = false
  static override flags = {
    id: Flags.string({
      description: 'lease to use and leave; without it one is leased for this command alone',
      helpValue: 'LEASE',
    }),
    shell: Flags.string({description: 'script for sh -c, instead of a command after --'}),
    sync: Flags.boolean({description: 'sync the checkout first (default: yes, except on forks)', allowNo: true}),
    env: Flags.string({
      description: 'name of a variable of yours that the command gets',
      multiple: true,
      helpValue: 'VARIABLE',
    }),
    keep: Flags.boolean({description: 'keep the lease that was leased for this command', exclusive: ['id']}),
    ...placementFlags,
  }

  async run(): Promise<RunOutput> {
    const {flags, raw} = await this.parse(Run)
    const command = commandToRun(wordsOf(raw), flags.shell)
    const env = commandEnvironment(flags.env ?? [], process.env)
    const {id, keep} = flags
    if (id !== undefined) refuseFor(id, raw, Object.keys(placementFlags))
    const plain = await this.environment()
    const configuration = id === undefined ? await loadConfiguration(plain, process.env) : {}
    const choice = id === undefined ? {...newLeaseOf(flags, configuration), keep} : {id}
    const environment = await this.changing({...plain, hosts: configuration.hosts ?? []})
    return borrowLease(choice, environment, async lease => {
      if (keep) this.logToStderr(`leased ${lease.slug}`)
      const sync = flags.sync === undefined ? 'auto' : flags.sync ? 'always' : 'never'
      const streams = standardStreams(this.jsonEnabled())
      const exitCode = await runOnLease({lease, command, sync, env, streams}, environment)
      process.exitCode = exitCode
      return {
        lease: {id: lease.id, slug: lease.slug, workdir: lease.workdir},
        exitCode,
        kept: id !== undefined || keep,
      }
    })
  }

  protected override interruption(): CrabboxError {
    return new CrabboxError('interrupted', 'INTERRUPTED', 'run was interrupted; what it changed on the lease stays')
  }
}
