import type {CheckpointId, LeaseId, Slug} from './ids.js'
import type {RepoIdentity} from './repo.js'

/** Sizes that a user can ask for. What they mean is the provider's to say. */
export const MACHINE_CLASSES = ['tiny', 'small', 'standard', 'fast', 'large', 'beast'] as const
/** See `MACHINE_CLASSES`. */
export type MachineClass = (typeof MACHINE_CLASSES)[number]

/** `creating` and `releasing` are operations in progress, or interrupted ones when nothing holds the lease any more. */
export type LeaseState = 'creating' | 'ready' | 'releasing'

/** One command that `run` carried out on a lease. */
export interface RanCommand {
  /** What the user typed: argv, or a script after `--shell`. */
  readonly command: readonly string[] | string
  readonly exitCode: number
  /** ISO 8601, UTC: when it ended. */
  readonly at: string
}

/** Where a provider put a lease. */
export interface Placement {
  /** Absolute directory on the host in which Crabbox may do as it likes. The lease's own; never shared. */
  readonly workRoot: string
  /** Absolute path of the workdir: `<workRoot>/<repo name>`. Exists and is empty after `acquire`. */
  readonly workdir: string
  /** What the provider needs to find the machine again. Strings only, no secrets. */
  readonly details: Readonly<Record<string, string>>
}

/** What a provider needs of a lease to reach it. */
export interface LeaseHandle extends Placement {
  readonly id: LeaseId
}

/** What a provider needs of a lease to find and remove it. After an interrupted `acquire` the details are what it recorded. */
export type LeaseReference = Pick<LeaseHandle, 'id' | 'details'>

/** A prepared machine or directory that a provider handed out. */
export interface Lease extends LeaseHandle {
  readonly slug: Slug
  readonly provider: string
  readonly class: MachineClass
  readonly state: LeaseState
  /** ISO 8601, UTC. */
  readonly createdAt: string
  /** ISO 8601, UTC; null: never. */
  readonly expiresAt: string | null
  readonly repo: RepoIdentity | null
  /** The checkpoint that this lease was forked from. */
  readonly forkedFrom: CheckpointId | null
  /** Commands that ran here, oldest first, the newest 50. */
  readonly history: readonly RanCommand[]
}

/** Where a user wants a lease to be, for providers that place leases on hosts. */
export interface HostChoice {
  /** As the user names it; null: the provider chooses. */
  readonly name: string | null
  /** Whether a host whose key nobody knows is believed. */
  readonly acceptNewKey: boolean
}

/** No wish at all. */
export const ANY_HOST: HostChoice = {name: null, acceptNewKey: false}

/** How a machine is paid for. A `spot` machine is cheaper, and may be taken away at any time. */
export const MARKETS = ['on-demand', 'spot'] as const
/** See `MARKETS`. */
export type Market = (typeof MARKETS)[number]

/** What a user wants of a machine beside its class, for providers that boot machines. Null: as the provider sees fit. */
export interface MachineChoice {
  readonly region: string | null
  /** The provider's own name of a size. Nothing else will do. */
  readonly type: string | null
  readonly market: Market | null
}

/** No wish at all. */
export const ANY_MACHINE: MachineChoice = {region: null, type: null, market: null}

/** What `acquire` is asked for. The id is the caller's: the same id again answers with the same lease. */
export interface LeaseRequest {
  readonly id: LeaseId
  readonly slug: Slug
  readonly class: MachineClass
  /** The last part of the workdir: a single safe path component. */
  readonly repoName: string
  readonly expiresAt: string | null
  readonly host: HostChoice
  /** Default: no wish. */
  readonly machine?: MachineChoice
  /** For providers that leave a note on the lease of what it is. Default: it is no fork. */
  readonly forkedFrom?: CheckpointId | null
  /**
   * Saves, durably, where the lease is going to be. To be called before anything is made that the id alone does not find: these
   * details are all that `release` gets after an interruption.
   */
  readonly record: (details: Placement['details']) => Promise<void>
  /** What was recorded of this lease before, when the request repeats an earlier one: the lease is where these say. */
  readonly recorded?: Placement['details']
}
