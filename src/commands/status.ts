import {CrabboxCommand} from '../cli/command.js'
import {leaseFlag} from '../cli/flags.js'
import type {Lease} from '../core/lease.js'
import type {LeaseStatus} from '../core/provider.js'
import {resolveLease} from '../operations/resolve.js'

export default class Status extends CrabboxCommand {
  static override summary = 'Show a lease and what its provider says of it.'
  static override examples = ['<%= config.bin %> <%= command.id %> --id blue-lobster']
  static override flags = {id: leaseFlag}

  async run(): Promise<{lease: Lease; status: LeaseStatus}> {
    const {flags} = await this.parse(Status)
    const environment = await this.environment()
    const lease = await resolveLease(environment.stateDir, flags.id)
    const provider = await environment.registry.get(lease.provider)
    const status = await provider.leases.status(lease, environment)
    const last = lease.history.at(-1)
    this.log(`${lease.slug} (${lease.id}): ${status}, ${lease.state}`)
    this.log(`provider:    ${lease.provider}, class ${lease.class}`)
    if (lease.details['host'] !== undefined) this.log(`host:        ${lease.details['host']}`)
    this.log(`workdir:     ${lease.workdir}`)
    this.log(`made:        ${lease.createdAt}${lease.expiresAt === null ? '' : `, expires ${lease.expiresAt}`}`)
    this.log(`repository:  ${lease.repo?.name ?? 'none'}${lease.repo?.branch ? ` (${lease.repo.branch})` : ''}`)
    if (lease.forkedFrom !== null) this.log(`forked from: ${lease.forkedFrom}`)
    if (last !== undefined)
      this.log(
        `last run:    exit ${last.exitCode}: ${typeof last.command === 'string' ? last.command : last.command.join(' ')}`,
      )
    return {lease, status}
  }
}
