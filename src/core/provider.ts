import type {Context} from './context.js'
import type {FoundLeases} from './found-lease.js'
import type {TierTable} from './handlers.js'
import type {HostChoice, LeaseHandle, LeaseReference, LeaseRequest, Placement} from './lease.js'
import type {RestoreTable} from './restore.js'
import type {Tier} from './tier.js'
import type {Transport} from './transport.js'

/** What a backend says of a lease. `gone`: nothing is left of it there. */
export type LeaseStatus = 'running' | 'stopped' | 'gone'

/**
 * How a provider hands out leases and takes them back.
 *
 * - `acquire` makes an empty workdir. The same id again completes or answers with the same lease; on failure nothing is left.
 * - `connect` opens a transport to a lease. Throws `LEASE_GONE` when there is nothing to connect to.
 * - `release` removes everything that `acquire` made and nothing else. What is already gone is success, and so is a lease of
 *   which `acquire` recorded nothing, where it records anything.
 * - `shareHost` tells whether files can be copied from the one lease to the other on the host itself, with all that they are.
 * - `list`, where the provider has hosts that can tell, finds the leases on one of them, whoever made them, and changes nothing.
 *   One that is damaged never hides the others.
 */
export interface LeaseOperations {
  readonly acquire: (request: LeaseRequest, context: Context) => Promise<Placement>
  readonly connect: (lease: LeaseHandle, context: Context) => Promise<Transport>
  readonly status: (lease: LeaseReference, context: Context) => Promise<LeaseStatus>
  readonly release: (lease: LeaseReference, context: Context) => Promise<void>
  readonly shareHost?: (one: Placement, other: Placement) => boolean
  readonly list?: (host: HostChoice, context: Context) => Promise<FoundLeases>
}

/** A backend. Which tiers it serves is what `tiers` holds; there is no list beside it. */
export interface Provider {
  /** Lower-case letters, digits and hyphens. Unique in the registry. */
  readonly name: string
  /** One line for `providers list`. */
  readonly summary: string
  readonly leases: LeaseOperations
  readonly tiers: Partial<TierTable>
  /** Set where leases are placed on hosts, which a user may name with `--host`. */
  readonly hosts?: true
  /** In-place restore, for the tiers that have it. */
  readonly restores?: Partial<RestoreTable>
}

/** The tiers that a provider declares. */
export type TiersOf<P extends Provider> = Extract<keyof P['tiers'], Tier>

/** Names in a provider's tables that are none of the tiers may hold nothing: an inferred type would let them pass. */
interface OnlyTiers<P extends Provider> {
  readonly tiers: {readonly [Name in Exclude<keyof P['tiers'], keyof TierTable>]: never}
  readonly restores?: {readonly [Name in Exclude<keyof NonNullable<P['restores']>, keyof RestoreTable>]: never}
}

/** Checks a provider where it is written, and keeps its tiers in its type. */
export const defineProvider = <const P extends Provider>(provider: P & OnlyTiers<P>): P => provider

/** A provider that is not loaded yet: what a registration hook registers. */
export interface ProviderDescriptor {
  readonly name: string
  readonly summary: string
  readonly load: () => Promise<Provider>
}

/** What the oclif hook `crabbox:providers` is given as `options.registry`. */
export interface ProviderRegistrar {
  /** @throws {CrabboxError} `PROVIDER_DUPLICATE`, `PROVIDER_NAME_INVALID` */
  readonly register: (descriptor: ProviderDescriptor) => void
}
