import type {Context} from './context.js'
import type {FoundLeases} from './found-lease.js'
import type {TierTable} from './handlers.js'
import type {ImageOperations} from './image.js'
import type {HostChoice, LeaseHandle, LeaseReference, LeaseRequest, MachineChoice, Placement} from './lease.js'
import type {Recovered} from './recovered.js'
import type {RestoreTable} from './restore.js'
import type {ProviderSetting} from './settings.js'
import type {Tier} from './tier.js'
import type {Transport} from './transport.js'

/** What a backend says of a lease. `gone`: nothing is left of it there. */
export type LeaseStatus = 'running' | 'stopped' | 'gone'

/**
 * How a provider hands out leases and takes them back. Each operation stops soon after `context.signal` aborts, and throws
 * `INTERRUPTED` then. Operations on different leases may run at the same time; Crabbox sees to it that those on one do not
 * disturb each other. Failures are a `CrabboxError` with a code of the provider's own, unless a code is named here.
 */
export interface LeaseOperations {
  /**
   * Makes an empty workdir, `<work root>/<repo name>`. The same id again answers with the same lease and leaves what is in it,
   * or completes what was interrupted. On failure, and when it is aborted, nothing is left. What the id alone would not
   * find is given to `request.record` before it is made.
   */
  readonly acquire: (request: LeaseRequest, context: Context) => Promise<Placement>
  /**
   * Opens a transport to a lease; the caller closes it. Changes nothing, and may be called many times at once.
   * Throws `LEASE_GONE` (`notFoundError`) when there is nothing to connect to, or else the `exit` of its first command does.
   */
  readonly connect: (lease: LeaseHandle, context: Context) => Promise<Transport>
  /**
   * Where it takes a while to connect: begins to, and returns at once. What comes next finds the connection, and says what there is to
   * say of it; until then nobody is asked anything. It is closed when `context.done` aborts, where nothing comes. Throws nothing.
   */
  readonly dial?: (target: DialTarget, context: Context) => void
  /** What the backend says of a lease. Throws only when it cannot be asked: one that never was is `gone`. */
  readonly status: (lease: LeaseReference, context: Context) => Promise<LeaseStatus>
  /**
   * Removes everything that `acquire` made, and nothing else; checkpoints stay. What is already gone is success, and so is a
   * lease of which `acquire` recorded nothing, where it records anything. Interrupted, it can be repeated.
   */
  readonly release: (lease: LeaseReference, context: Context) => Promise<void>
  /** Whether files can be copied from the one lease to the other on the host itself, with all that they are. Default: no. */
  readonly shareHost?: (one: Placement, other: Placement) => boolean
  /**
   * Where the provider has hosts that can tell: the leases on one of them, whoever made them. Changes nothing. One that is
   * damaged never hides the others.
   */
  readonly list?: (host: HostChoice, context: Context) => Promise<FoundLeases>
  /** Where making a lease costs money: what `acquire` would make, a line each. Makes nothing. */
  readonly plan?: (request: LeasePlanRequest, context: Context) => Promise<readonly string[]>
  /** Where something is left for a while after `release`: waits until nothing is. */
  readonly settled?: (lease: LeaseReference, context: Context) => Promise<void>
  /** Puts right what an interrupted operation has left on a lease that goes on. Nothing to do is success. */
  readonly heal?: (lease: LeaseHandle, context: Context) => Promise<void>
}

/** What a command is going to connect to: a lease, or the host that one is to be made on. */
export type DialTarget = Pick<LeaseReference, 'details'> | {readonly host: HostChoice}

/** A lease that nobody has asked for yet. */
export type LeasePlanRequest = Pick<LeaseRequest, 'class' | 'machine'>

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
  /** Set where leases are machines of their own, of which a user may choose type, market and region. */
  readonly machines?: true
  /** Images that new leases boot from, where the provider has such. */
  readonly images?: ImageOperations
  /** Finds again what the backend holds, where it can tell. Changes nothing. */
  readonly recover?: (machine: MachineChoice, context: Context) => Promise<Recovered>
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
  /** The contract that it was written for: `CONTRACT`, from the package that it was built with. */
  readonly contract: number
  /** Called when a command needs the provider, once. Whatever it throws is told to the user in one line. */
  readonly load: () => Promise<Provider>
  /** What a user can configure for it, by name. */
  readonly settings?: Readonly<Record<string, ProviderSetting>>
}

/** What the oclif hook `crabbox:providers` is given as `options.registry`. */
export interface ProviderRegistrar {
  /** @throws {CrabboxError} `PROVIDER_NAME_INVALID`, `PROVIDER_INVALID`, `PROVIDER_CONTRACT`, `PROVIDER_DUPLICATE` */
  readonly register: (descriptor: ProviderDescriptor) => void
}
