import type {Lease} from '../core/lease.js'
import type {HostLease, HostListing} from '../operations/list-hosts.js'
import type {ListedLease} from '../operations/list-leases.js'
import {formatAge, formatTable} from './format.js'

/** The recorded leases, for people. */
export const leaseTable = (leases: readonly ListedLease[]): string =>
  formatTable(
    ['SLUG', 'ID', 'PROVIDER', 'CLASS', 'STATE', 'AGE', 'REPOSITORY', 'FORKED FROM'],
    leases.map(lease => [
      lease.slug,
      lease.id,
      lease.provider,
      lease.class,
      stateOf(lease),
      formatAge(lease.createdAt),
      lease.repo?.name ?? '-',
      lease.forkedFrom ?? '-',
    ]),
  )

/** The leases on a host, for people. */
export const hostLeaseTable = ({host, leases}: HostListing): string =>
  leases.length === 0
    ? `on ${host}: no leases`
    : `on ${host}:\n${formatTable(['SLUG', 'ID', 'CLASS', 'AGE', 'REPOSITORY', 'OWNER', 'RECORDED HERE'], leases.map(hostRow))}`

const hostRow = (lease: HostLease): string[] => [
  lease.slug,
  lease.id,
  lease.class,
  formatAge(lease.createdAt),
  lease.repoName,
  lease.owner,
  lease.recorded ? 'yes' : 'no',
]

const stateOf = ({state, interrupted, expired}: Lease & {interrupted: boolean; expired: boolean}): string =>
  interrupted ? `interrupted (${state})` : expired ? 'expired' : state
