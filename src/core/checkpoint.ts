import type {CheckpointId, CheckpointName, LeaseId, Slug} from './ids.js'
import type {MachineClass, RanCommand} from './lease.js'
import type {RepoIdentity} from './repo.js'
import type {Artifacts, Tier} from './tier.js'

/**
 * `cut` is saved, but cannot be forked yet: the provider is still at work on it. `creating` and `deleting` are operations in progress; when nothing is at work on them any more they were interrupted,
 * and `prune --failed` or the next changing command cleans them. `failed` says why in `failure`.
 */
export type CheckpointState = 'creating' | 'cut' | 'ready' | 'failed' | 'deleting'

/** Bytes, except where the name says otherwise. */
export interface CheckpointSizes {
  /** All files of the checkpoint, as they are on the lease. */
  readonly content: number
  /** What this checkpoint added to the store. */
  readonly stored: number
  /** Entries of every type. */
  readonly entries: number
}

/** The lease that a checkpoint was made of. */
export interface SourceLease {
  readonly id: LeaseId
  readonly slug: Slug
  readonly class: MachineClass
  /** Where it was, for providers that have hosts. */
  readonly host?: string
}

/** Which directory was saved. */
export interface SavedWorkdir {
  /** Absolute, on the source's host. */
  readonly path: string
  /** Relative to the lease's workdir, `.` for the workdir itself; null when it lies outside. */
  readonly relative: string | null
}

/** The part of a record that does not depend on the tier. */
export interface CheckpointBase {
  readonly id: CheckpointId
  readonly name: CheckpointName | null
  readonly state: CheckpointState
  /** ISO 8601, UTC. */
  readonly createdAt: string
  /** ISO 8601, UTC: the last fork or restore; null: never. */
  readonly lastUsedAt: string | null
  readonly provider: string
  readonly lease: SourceLease
  /** The checkpoint that this one was made on top of. It may have been deleted since. */
  readonly parent: CheckpointId | null
  readonly repo: RepoIdentity | null
  readonly workdir: SavedWorkdir
  readonly sizes: CheckpointSizes | null
  /** The last command that ran on the lease before the checkpoint. */
  readonly story: RanCommand | null
  readonly labels: Readonly<Record<string, string>>
  readonly note: string | null
  /** ISO 8601, UTC; null: kept until deleted. */
  readonly expiresAt: string | null
  readonly warnings: readonly string[]
  /** Why a `failed` checkpoint failed. */
  readonly failure: string | null
  readonly crabboxVersion: string
}

/** A record of one tier. `artifact` is null until the handler has recorded something. */
export type CheckpointOf<T extends Tier> = CheckpointBase & {readonly tier: T; readonly artifact: Artifacts[T] | null}

/** Any record, discriminated by `tier`. */
export type Checkpoint = {[T in Tier]: CheckpointOf<T>}[Tier]

/** A record whose artifact is known: what handlers work on. */
export type Stored<T extends Tier> = CheckpointBase & {readonly tier: T; readonly artifact: Artifacts[T]}

/** A record of a tier as one of the union. Sound because both hold the tier and the artifact that belongs to it. */
export const asCheckpoint = <T extends Tier>(record: CheckpointOf<T>): Checkpoint => record as unknown as Checkpoint
