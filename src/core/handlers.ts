import type {CheckpointSizes, SavedWorkdir, Stored} from './checkpoint.js'
import type {Context} from './context.js'
import type {CheckpointId} from './ids.js'
import type {Lease, LeaseRequest, Placement} from './lease.js'
import type {Artifacts, Guarantees, Tier} from './tier.js'

/** Whether a lease can be saved in a tier, here and now; or why not. */
export type Probe = {readonly ok: true} | {readonly ok: false; readonly reason: string}

export interface CreateRequest<T extends Tier> {
  /** The caller's id. `create` with an id that already has its artifact answers with the same artifact. */
  readonly id: CheckpointId
  readonly lease: Lease
  readonly workdir: SavedWorkdir
  /** The checkpoint to build on, where there is one. Handlers may ignore it. */
  readonly parent: Stored<T> | null
  /** gitignore patterns, relative to the workdir. */
  readonly excludes: readonly string[]
  /** Saves what is known so far, durably, before more is done: whatever a crash must not lose. May be called often. */
  readonly record: (artifact: Artifacts[T]) => Promise<void>
}

export interface Created<T extends Tier> {
  readonly artifact: Artifacts[T]
  readonly sizes: CheckpointSizes
  /** What the user should know about the content, such as a file that changed while it was read. */
  readonly warnings: readonly string[]
  /** The checkpoint that this one really stands on. */
  readonly parent: CheckpointId | null
}

export interface ForkRequest<T extends Tier> {
  readonly checkpoint: Stored<T>
  readonly lease: LeaseRequest
  /**
   * Forks of the same checkpoint that were opened a moment ago and that nobody has used yet: what is there need not be
   * sent again. The list grows while others are made. Handlers may ignore it.
   */
  readonly twins: readonly Placement[]
}

export interface VerifyReport {
  /** Empty when all is well. One sentence each. */
  readonly problems: readonly string[]
  /** Bytes that were read and checked. */
  readonly checkedBytes: number
}

/**
 * All that a provider must supply to offer a tier. Presence in `Provider.tiers` *is* the declaration.
 *
 * - `probe` changes nothing and is cheap.
 * - `create` leaves the source as it was, also when it fails. It is *cut* and *ready* when it returns.
 * - `fork` opens a new lease with the checkpoint's state, or leaves nothing: what it acquired is released on failure.
 *   It never shares mutable state with the source, the checkpoint or another fork.
 * - `delete` removes what the artifact names. What is already gone is success. Interrupted, it can be repeated.
 * - `verify` reads what `fork` would need and reports what is wrong; it throws only when it could not look.
 *
 * All of them stop soon after `context.signal` aborts, and throw `INTERRUPTED` then.
 */
export interface TierHandlers<T extends Tier> {
  readonly guarantees: Guarantees
  readonly probe: (lease: Lease, context: Context) => Promise<Probe>
  readonly create: (request: CreateRequest<T>, context: Context) => Promise<Created<T>>
  readonly fork: (request: ForkRequest<T>, context: Context) => Promise<Placement>
  readonly delete: (checkpoint: Stored<T>, context: Context) => Promise<void>
  readonly verify: (checkpoint: Stored<T>, context: Context) => Promise<VerifyReport>
}

/** Every tier with its handlers. A provider supplies the part that it really serves. */
export type TierTable = {readonly [T in Tier]: TierHandlers<T>}
