import type {CheckpointId, Slug} from './ids.js'
import type {LeaseHandle, MachineClass} from './lease.js'

/** A lease as a host tells of it, whoever made it. Nothing of this is believed before it was checked. */
export interface FoundLease extends LeaseHandle {
  readonly slug: Slug
  readonly class: MachineClass
  /** The last part of the workdir. */
  readonly repoName: string
  /** Who made it: `user@machine`. */
  readonly owner: string
  /** ISO 8601, UTC. */
  readonly createdAt: string
  /** ISO 8601, UTC; null: never. */
  readonly expiresAt: string | null
  readonly forkedFrom: CheckpointId | null
}

/** What is at the place of a lease and cannot be used as one. */
export interface DamagedLease {
  readonly id: string
  /** One clause, such as `it has no marker`. */
  readonly reason: string
}

/** All leases on a host. */
export interface FoundLeases {
  readonly leases: readonly FoundLease[]
  readonly damaged: readonly DamagedLease[]
}
