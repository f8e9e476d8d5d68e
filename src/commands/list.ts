import {Flags} from '@oclif/core'

import {CrabboxCommand} from '../cli/command.js'
import {hostLeaseTable, leaseTable} from '../cli/lease-tables.js'
import {HOST_PROVIDER, hostFlags, hostOf} from '../cli/placement.js'
import type {HostListing} from '../operations/list-hosts.js'
import {listLeases, type ListedLease} from '../operations/list-leases.js'
import {defaultStateDir} from '../state/paths.js'

interface ListOutput {
  readonly leases: ListedLease[]
  readonly damaged: readonly {readonly id: string; readonly reason: string}[]
  /** Of each host that was asked. */
  readonly hosts: readonly HostListing[]
}

export default class List extends CrabboxCommand {
  static override summary = 'List your leases, and on request all that are on a host.'
  static override description = `Without flags it shows what is recorded here, and asks nobody.
Exit codes with --host and --all-hosts: 2 usage, 3 configuration, 5 the host failed, or all of them.`
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --host me@build.example',
  ]
  static override flags = {
    ...hostFlags,
    host: Flags.string({
      description: 'also what is on this host, whoever made it: a name from the configuration, or [USER@]HOST[:PORT]',
      helpValue: 'HOST',
      exclusive: ['all-hosts'],
    }),
    'all-hosts': Flags.boolean({description: 'also what is on the hosts of the configuration'}),
  }

  async run(): Promise<ListOutput> {
    const {flags} = await this.parse(List)
    const {leases, damaged} = await listLeases(defaultStateDir(process.env))
    const hosts = flags.host !== undefined || flags['all-hosts'] ? await this.onHosts(flags) : []
    for (const {id, reason} of damaged)
      this.warn(`the record of lease ${id} is damaged (${reason}); see crabbox doctor`)
    this.log(leases.length === 0 ? 'no leases; make one with crabbox warmup' : leaseTable(leases))
    for (const {host, damaged: broken} of hosts)
      for (const {id, reason} of broken) this.warn(`${id} on ${host} is no lease that can be used: ${reason}`)
    for (const listing of hosts) this.log(`\n${hostLeaseTable(listing)}`)
    return {leases, damaged, hosts}
  }

  private async onHosts(flags: Parameters<typeof hostOf>[0]): Promise<HostListing[]> {
    // What is recorded here is listed often, and needs neither.
    const [{loadHosts}, {listHosts}] = await Promise.all([
      import('../cli/config/configuration.js'),
      import('../operations/list-hosts.js'),
    ])
    const environment = await this.environment()
    const hosts = await loadHosts(environment, process.env)
    const provider = await environment.registry.get(HOST_PROVIDER)
    return listHosts(provider, hostOf(flags), {...environment, hosts})
  }
}
