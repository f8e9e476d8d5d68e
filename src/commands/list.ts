import {CrabboxCommand} from '../cli/command.js'
import {formatAge, formatTable} from '../cli/format.js'
import type {Lease} from '../core/lease.js'
import {listLeases, type ListedLease} from '../operations/list-leases.js'
import {defaultStateDir} from '../state/paths.js'

export default class List extends CrabboxCommand {
  static override summary = 'List your leases.'
  static override examples = ['<%= config.bin %> <%= command.id %>']

  async run(): Promise<{leases: ListedLease[]; damaged: readonly {id: string; reason: string}[]}> {
    await this.parse(List)
    const {leases, damaged} = await listLeases(defaultStateDir(process.env))
    for (const {id, reason} of damaged)
      this.warn(`the record of lease ${id} is damaged (${reason}); see crabbox doctor`)
    if (leases.length === 0) this.log('no leases; make one with crabbox warmup')
    else
      this.log(
        formatTable(['SLUG', 'ID', 'PROVIDER', 'CLASS', 'STATE', 'AGE', 'REPOSITORY', 'FORKED FROM'], leases.map(row)),
      )
    return {leases, damaged}
  }
}

const row = (lease: ListedLease): string[] => [
  lease.slug,
  lease.id,
  lease.provider,
  lease.class,
  stateOf(lease),
  formatAge(lease.createdAt),
  lease.repo?.name ?? '-',
  lease.forkedFrom ?? '-',
]

const stateOf = ({state, interrupted, expired}: Lease & {interrupted: boolean; expired: boolean}): string =>
  interrupted ? `interrupted (${state})` : expired ? 'expired' : state
