import {askHosts} from '../core/ask-hosts.js'
import {usageError} from '../core/errors.js'
import type {DamagedLease, FoundLease, FoundLeases} from '../core/found-lease.js'
import type {HostChoice} from '../core/lease.js'
import type {LeaseOperations, Provider} from '../core/provider.js'
import {openLeases} from '../state/leases.js'
import type {Environment} from './environment.js'

/** A lease on a host, and whether there is a record of it here. */
export type HostLease = FoundLease & {readonly recorded: boolean}

/** All leases on one host, newest first. */
export interface HostListing {
  readonly host: string
  readonly leases: readonly HostLease[]
  readonly damaged: readonly DamagedLease[]
}

/** What is on the host that is named, or on all that are configured where none is. Changes nothing. */
export async function listHosts(
  provider: Provider,
  {name, acceptNewKey}: HostChoice,
  environment: Environment,
): Promise<HostListing[]> {
  const {stateDir, hosts = []} = environment
  const list = requireList(provider)
  const {rows, damaged} = await openLeases(stateDir).read()
  const recorded = new Set<string>([...rows.keys(), ...damaged.map(({id}) => id)])
  if (name !== null) return [listing(name, await list({name, acceptNewKey}, environment), recorded)]
  if (hosts.length === 0)
    throw usageError(
      'HOSTS_NOT_CONFIGURED',
      'no hosts are configured',
      'Name one with --host, or list yours in config.yaml.',
    )
  const answers = await askHosts(hosts, (host, asking) => list({name: host.name, acceptNewKey}, asking), environment)
  return answers.map(({host, answer}) => listing(host.name, answer, recorded))
}

/** @throws {CrabboxError} `LIST_UNSUPPORTED` */
export function requireList({name, leases: {list}}: Provider): NonNullable<LeaseOperations['list']> {
  if (list !== undefined) return list
  throw usageError('LIST_UNSUPPORTED', `the provider ${name} cannot find leases on hosts`, 'Use another provider.')
}

const listing = (host: string, {leases, damaged}: FoundLeases, recorded: ReadonlySet<string>): HostListing => ({
  host,
  leases: leases
    .map(lease => ({...lease, recorded: recorded.has(lease.id)}))
    .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1)),
  damaged,
})
