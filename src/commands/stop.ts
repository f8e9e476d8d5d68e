import {Flags} from '@oclif/core'

import {CrabboxCommand} from '../cli/command.js'
import {dryRunFlag} from '../cli/flags.js'
import {usageError} from '../core/errors.js'
import type {Lease} from '../core/lease.js'
import type {Environment} from '../operations/environment.js'
import {listLeases} from '../operations/list-leases.js'
import {awaitStopped, forgetLease, stopLease} from '../operations/release.js'
import {resolveLease} from '../operations/resolve.js'

export default class Stop extends CrabboxCommand {
  static override summary = 'Give a lease back, with everything on it. Checkpoints stay.'
  static override description = 'Exit codes: 2 usage, 4 no such lease, 5 the provider failed, 6 the lease is busy.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --id blue-lobster',
    '<%= config.bin %> <%= command.id %> --expired',
  ]
  static override flags = {
    id: Flags.string({
      description: 'lease: its id, a unique prefix of it, or its slug',
      helpValue: 'LEASE',
      exclusive: ['expired'],
    }),
    expired: Flags.boolean({description: 'all leases whose --ttl is over'}),
    forget: Flags.boolean({
      description: 'only forget it, when its host is gone for good: what is there stays, and may cost',
      exclusive: ['expired'],
    }),
    wait: Flags.boolean({description: 'wait until nothing is left that costs', exclusive: ['forget']}),
    'dry-run': dryRunFlag,
  }

  async run(): Promise<{stopped: Lease[]; dryRun: boolean}> {
    const {flags} = await this.parse(Stop)
    const dryRun = flags['dry-run']
    const environment = await this.environment()
    // Before what was interrupted is cleaned up, which may be the stop of the very lease: whoever wants it again is not told that there is none.
    const named = flags.id === undefined ? null : await resolveLease(environment.stateDir, flags.id)
    if (!dryRun) await this.changing(environment)
    const stopped = named === null ? await this.overdue(flags.expired, environment) : [named]
    for (const lease of stopped) {
      if (!dryRun) await (flags.forget ? forgetLease : stopLease)(lease, environment)
      if (!dryRun && flags.wait) await awaitStopped(lease, environment)
      const [would, did] = flags.forget ? ['would forget', 'forgot'] : ['would stop', 'stopped']
      this.log(`${dryRun ? would : did} ${lease.slug} (${lease.id})`)
    }

    if (stopped.length === 0) this.log('no lease has expired')
    return {stopped, dryRun}
  }

  private async overdue(wanted: boolean, {stateDir}: Environment): Promise<Lease[]> {
    if (!wanted)
      throw usageError('LEASE_MISSING', 'no lease is named', 'Give --id, or --expired for all whose time is over.')
    const {leases} = await listLeases(stateDir)
    return leases.filter(lease => lease.expired)
  }
}
