import {busyError, notFoundError, providerError, usageError} from '../core/errors.js'
import type {FoundLease, FoundLeases} from '../core/found-lease.js'
import type {Slug} from '../core/ids.js'
import type {HostChoice, Lease} from '../core/lease.js'
import {thisUser} from '../core/this-user.js'
import {openLeases} from '../state/leases.js'
import type {Environment} from './environment.js'
import {requireList} from './list-hosts.js'
import {withLease} from './locking.js'

export interface AdoptWish {
  /** The id of a lease, a unique prefix of it, or its slug on the host. */
  readonly lease: string
  readonly provider: string
  readonly host: HostChoice & {readonly name: string}
  /** What to call it here; null: as on the host. */
  readonly slug: Slug | null
}

/**
 * Records a lease that is on a host and in no record here, such as after the loss of the state directory. Nothing on the host
 * is changed.
 * @throws {CrabboxError} `LEASE_NOT_FOUND`, `LEASE_AMBIGUOUS`, `LEASE_DAMAGED`, `LEASE_RECORDED`, `SLUG_TAKEN`
 */
export async function adoptLease(wish: AdoptWish, environment: Environment): Promise<Lease> {
  const {stateDir, progress} = environment
  const provider = await environment.registry.get(wish.provider)
  const found = chooseFound(await requireList(provider)(wish.host, environment), wish)
  const lease = leaseOf(found, wish)
  await withLease(stateDir, lease, {mode: 'exclusive', what: 'adopt'}, () =>
    openLeases(stateDir).transact(rows => {
      const known = rows.get(lease.id)
      if (known !== undefined) throw recordedAlready(known)
      if ([...rows.values()].some(({slug}) => slug === lease.slug))
        throw busyError('SLUG_TAKEN', `there is a lease ${lease.slug} already`, 'Call this one otherwise with --slug.')
      rows.set(lease.id, lease)
    }),
  )
  if (found.owner !== thisUser())
    progress.warn(
      `${lease.slug} was made by ${found.owner}, who may be at work on it: neither of you is told of the other`,
    )
  return lease
}

/** The lease that is meant. */
function chooseFound({leases, damaged}: FoundLeases, {lease: text, host}: AdoptWish): FoundLease {
  const matches = (id: string): boolean =>
    id === text || (text.startsWith('cbx_') && text.length > 4 && id.startsWith(text))
  const found = leases.filter(({id, slug}) => matches(id) || slug === text)
  const broken = damaged.filter(({id}) => matches(id))
  const [first] = found
  const [hurt] = broken
  if (found.length + broken.length > 1)
    throw usageError(
      'LEASE_AMBIGUOUS',
      `${text} stands for ${found.length + broken.length} leases on ${host.name}`,
      `Name one of: ${[...found.map(({id, owner}) => `${id} (${owner})`), ...broken.map(({id}) => id)].join(', ')}.`,
    )
  if (first !== undefined) return first
  if (hurt !== undefined)
    throw providerError(
      'LEASE_DAMAGED',
      `${hurt.id} on ${host.name} cannot be adopted: ${hurt.reason}`,
      'Look at its directory on the host.',
    )
  throw notFoundError(
    'LEASE_NOT_FOUND',
    `there is no lease ${JSON.stringify(text)} on ${host.name}`,
    `See crabbox list --host ${host.name}.`,
  )
}

const leaseOf = (found: FoundLease, {provider, slug}: AdoptWish): Lease => ({
  id: found.id,
  slug: slug ?? found.slug,
  provider,
  class: found.class,
  state: 'ready',
  createdAt: found.createdAt,
  expiresAt: found.expiresAt,
  // The host knows the name only; a checkout of that name is taken for the same repository.
  repo: {name: found.repoName, remote: null, head: null, branch: null, dirty: false},
  forkedFrom: found.forkedFrom,
  history: [],
  workRoot: found.workRoot,
  workdir: found.workdir,
  details: found.details,
})

const recordedAlready = ({id, slug}: Lease): Error =>
  busyError('LEASE_RECORDED', `${id} is recorded already, as ${slug}`, `Use it with --id ${slug}.`)
