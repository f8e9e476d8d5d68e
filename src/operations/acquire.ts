import {cleaningUp} from '../core/cleaning-up.js'
import {newLeaseId, newSlug, type LeaseId, type Slug} from '../core/ids.js'
import {busyError, reasonOf, usageError} from '../core/errors.js'
import type {Checkpoint} from '../core/checkpoint.js'
import type {HostChoice, Lease, LeaseRequest, MachineChoice, MachineClass, Placement} from '../core/lease.js'
import type {Provider} from '../core/provider.js'
import type {RepoIdentity} from '../core/repo.js'
import {openLeases} from '../state/leases.js'
import {prepareStateDir} from '../state/paths.js'
import type {Environment} from './environment.js'
import {withLease} from './locking.js'
import {directoryIdentity, findCheckout} from './repository.js'

export interface LeaseWish {
  readonly provider: string
  readonly host: HostChoice
  readonly machine: MachineChoice
  readonly class: MachineClass
  readonly slug: Slug | null
  /** Milliseconds; null: never expires. */
  readonly ttl: number | null
  readonly repo: RepoIdentity | null
  readonly forkedFrom: Checkpoint['id'] | null
}

/** Leases a machine for the checkout that the user stands in. */
export async function warmup(wish: Omit<LeaseWish, 'repo' | 'forkedFrom'>, environment: Environment): Promise<Lease> {
  const provider = await environment.registry.get(wish.provider)
  requireHosts(provider, wish.host)
  requireMachines(provider, wish.machine)
  const repo = (await findCheckout(environment.cwd))?.identity ?? directoryIdentity(environment.cwd)
  return openLease(
    {...wish, repo, forkedFrom: null},
    'warmup',
    request => provider.leases.acquire(request, environment),
    environment,
  )
}

/**
 * Records a lease, has it made, and records where it is. The record comes first, so that an interruption leaves something
 * that can be found and removed; when making fails, nothing is left.
 */
export async function openLease(
  wish: LeaseWish,
  what: string,
  make: (request: LeaseRequest) => Promise<Placement>,
  environment: Environment,
): Promise<Lease> {
  const {stateDir} = environment
  await prepareStateDir(stateDir)
  const id = newLeaseId()
  // Locked before it is recorded: a record in the making that nobody holds counts as interrupted.
  return withLease(stateDir, {id, slug: wish.slug ?? id}, {mode: 'exclusive', what}, async () => {
    const draft = await openLeases(stateDir).transact(rows => {
      const lease = draftLease(id, wish, slug => [...rows.values()].some(row => row.slug === slug))
      rows.set(id, lease)
      return lease
    })
    try {
      const repoName = directoryName(wish.repo?.name ?? 'workspace')
      const record = (details: Placement['details']): Promise<void> =>
        openLeases(stateDir).transact(rows => void rows.set(id, {...draft, details}))
      const {slug, class: size, expiresAt, forkedFrom} = draft
      const placement = await make({
        id,
        slug,
        class: size,
        repoName,
        expiresAt,
        forkedFrom,
        host: wish.host,
        machine: wish.machine,
        record,
      })
      const lease: Lease = {...draft, ...placement, state: 'ready'}
      await openLeases(stateDir).transact(rows => void rows.set(id, lease))
      return lease
    } catch (error) {
      await dropFailed(id, wish.provider, environment)
      throw error
    }
  })
}

/** Bytes of a workdir's name at the most: file systems bear 255, and what lies beside the workdir is called after it. */
const LONGEST = 200

const directoryName = (name: string): string =>
  Buffer.from(name)
    .subarray(0, LONGEST)
    .toString('utf8')
    .replace(/\uFFFD+$/u, '')

/**
 * Forgets a lease that could not be made. Where the provider has recorded a place, it has to confirm that nothing is left there;
 * until it does, the record stays for the next command to clean up.
 */
async function dropFailed(id: LeaseId, providerName: string, environment: Environment): Promise<void> {
  const table = openLeases(environment.stateDir)
  const details = (await table.read()).rows.get(id)?.details ?? {}
  if (Object.keys(details).length > 0) {
    const {leases} = await environment.registry.get(providerName)
    try {
      await leases.release({id, details}, cleaningUp(environment))
    } catch (error) {
      environment.progress.warn(`what was made of lease ${id} is still there: ${reasonOf(error)}`)
      return
    }
  }

  await table.transact(rows => void rows.delete(id))
}

/**
 * Refuses a host that the provider would have to ignore.
 * @throws {CrabboxError} `HOST_UNSUPPORTED`
 */
export function requireHosts(provider: Provider, {name}: HostChoice): void {
  if (name === null || provider.hosts === true) return
  throw usageError(
    'HOST_UNSUPPORTED',
    `the provider ${provider.name} does not place leases on hosts of yours`,
    'Leave out --host, or use --provider ssh.',
  )
}

/**
 * Refuses what the provider would have to ignore.
 * @throws {CrabboxError} `MACHINE_UNSUPPORTED`
 */
export function requireMachines(provider: Provider, machine: MachineChoice): void {
  const asked = Object.entries(machine).find(([, value]) => value !== null)
  if (asked === undefined || provider.machines === true) return
  throw usageError(
    'MACHINE_UNSUPPORTED',
    `the provider ${provider.name} has no machines of its own to choose a ${asked[0]} for`,
    `Leave out --${asked[0]}, or use --provider aws.`,
  )
}

/** What a warmup would make. Makes nothing. */
export async function planWarmup(
  wish: Omit<LeaseWish, 'repo' | 'forkedFrom'>,
  environment: Environment,
): Promise<readonly string[]> {
  const provider = await environment.registry.get(wish.provider)
  requireHosts(provider, wish.host)
  requireMachines(provider, wish.machine)
  return (
    (await provider.leases.plan?.({class: wish.class, machine: wish.machine}, environment)) ?? [
      `a ${wish.provider} lease of class ${wish.class}`,
    ]
  )
}

function draftLease(id: LeaseId, wish: LeaseWish, taken: (slug: string) => boolean): Lease {
  if (wish.slug !== null && taken(wish.slug))
    throw busyError('SLUG_TAKEN', `there is a lease ${wish.slug} already`, 'Choose another slug, or none.')
  const now = Date.now()
  return {
    id,
    slug: wish.slug ?? newSlug(taken),
    provider: wish.provider,
    class: wish.class,
    state: 'creating',
    createdAt: new Date(now).toISOString(),
    expiresAt: wish.ttl === null ? null : new Date(now + wish.ttl).toISOString(),
    repo: wish.repo,
    forkedFrom: wish.forkedFrom,
    history: [],
    workRoot: '',
    workdir: '',
    details: {},
  }
}
