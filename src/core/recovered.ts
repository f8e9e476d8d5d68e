import type {Checkpoint} from './checkpoint.js'
import type {CheckpointId, LeaseId} from './ids.js'

/** Something of ours at a backend. */
export interface Resource {
  /** In the backend's words, such as `instance`. */
  readonly kind: string
  readonly id: string
  readonly region: string
  /** What it belongs to, as far as it says so. */
  readonly lease: LeaseId | null
  readonly checkpoint: CheckpointId | null
  /** Who made it: `user@machine`; null where nobody says. */
  readonly owner: string | null
}

/** What a backend tells when nothing else is left. */
export interface Recovered {
  /** Records as far as the backend can tell them. */
  readonly checkpoints: readonly Checkpoint[]
  /** All that is there and bears our mark, of checkpoints and leases alike. */
  readonly resources: readonly Resource[]
}
