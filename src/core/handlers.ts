import type {CheckpointBase, CheckpointSizes, SavedWorkdir, Stored} from './checkpoint.js'
import type {Context} from './context.js'
import type {CheckpointId} from './ids.js'
import type {Lease, LeaseRequest, Placement} from './lease.js'
import type {Artifacts, Guarantees, Tier} from './tier.js'

/** Whether a lease can be saved in a tier, here and now; or why not. */
export type Probe = {readonly ok: true} | {readonly ok: false; readonly reason: string}

/** What `create` is asked for. */
export interface CreateRequest<T extends Tier> {
  /** The caller's id. `create` with an id that already has its artifact answers with the same artifact. */
  readonly id: CheckpointId
  readonly lease: Lease
  readonly workdir: SavedWorkdir
  /** The checkpoint to build on, where there is one. Handlers may ignore it. */
  readonly parent: Stored<T> | null
  /**
   * For archives without a parent: the newest one of the same repository, which may hold much of the same content. Handlers may ignore it.
   * Default: none.
   */
  readonly alike?: Stored<T> | null
  /** gitignore patterns, relative to the workdir. */
  readonly excludes: readonly string[]
  /** The record as it stands before `create`, for backends that can keep a copy of it. */
  readonly about: CheckpointBase
  /** Whether the lease's machine may be restarted for the sake of consistency. Default: no. */
  readonly reboot?: boolean
  /** Saves what is known so far, durably, before more is done: whatever a crash must not lose. May be called often. */
  readonly record: (artifact: Artifacts[T]) => Promise<void>
}

/** What `create` has made. */
export interface Created<T extends Tier> {
  readonly artifact: Artifacts[T]
  readonly sizes: CheckpointSizes
  /** `cut`: the source may go on, but there is nothing to fork from yet. Default: `ready`. */
  readonly state?: 'cut' | 'ready'
  /** What the user should know about the content, such as a file that changed while it was read. */
  readonly warnings: readonly string[]
  /** The checkpoint that this one really stands on. */
  readonly parent: CheckpointId | null
}

/** What `fork` is asked for. */
export interface ForkRequest<T extends Tier> {
  readonly checkpoint: Stored<T>
  readonly lease: LeaseRequest
}

/** How far a checkpoint is that was cut. */
export interface Refreshed<T extends Tier> {
  readonly state: 'cut' | 'ready' | 'failed'
  readonly artifact: Artifacts[T]
  readonly sizes: CheckpointSizes | null
  /** 0 to 100; null where the backend does not tell. */
  readonly percent: number | null
  /** Why it has failed. */
  readonly failure: string | null
}

/** What it costs to keep a checkpoint. */
export interface Cost {
  /** At most so much. */
  readonly usdPerMonth: number
  /** Where the price comes from. */
  readonly source: string
}

/** What `verify` has found. */
export interface VerifyReport {
  /** Empty when all is well. One sentence each. */
  readonly problems: readonly string[]
  /** Bytes that were read and checked. */
  readonly checkedBytes: number
}

/**
 * All that a provider must supply to offer a tier. Presence in `Provider.tiers` *is* the declaration.
 *
 * A checkpoint is first *cut*: the source may go on without changing what was saved. It is *ready* when it can be forked.
 * Each operation stops soon after `context.signal` aborts, and throws `INTERRUPTED` then. `create`, `fork` and `delete` can
 * be repeated with the same ids after any interruption, a kill included.
 */
export interface TierHandlers<T extends Tier> {
  readonly guarantees: Guarantees
  /**
   * Whether a lease can be saved so, here and now. Changes nothing and is cheap. A backend that is out of reach is an error, not
   * a reason: `--mode auto` must not choose another tier for it.
   */
  readonly probe: (lease: Lease, context: Context) => Promise<Probe>
  /**
   * That `create` itself refuses what `probe` would, with the reason, before it has made or changed anything: nobody asks twice then,
   * which takes a distant host two round trips. Default: `probe` is asked first.
   */
  readonly createProbes?: true
  /**
   * Saves a lease, and leaves it as it was, also when that fails. An id that has been saved already is answered with the same
   * artifact, whatever has become of the source. What is needed to delete the checkpoint is given to `request.record`, and
   * waited for, before it is made; when it cannot be kept, `create` fails. It returns when the checkpoint is ready, or
   * with `state: 'cut'` before that, where the tier has `refresh`.
   */
  readonly create: (request: CreateRequest<T>, context: Context) => Promise<Created<T>>
  /**
   * Opens a new lease with what was saved, or leaves nothing: what it acquired is released on failure. It never shares state that
   * can change with the source, the checkpoint or another fork, and needs neither the source nor other checkpoints.
   * Several may run at once. A tier with nothing to fork from throws a `usageError` that says what to do instead.
   */
  readonly fork: (request: ForkRequest<T>, context: Context) => Promise<Placement>
  /**
   * Removes what the artifact names. What is already gone is success. Source, forks and other checkpoints stay as they
   * are, children included. Interrupted, it can be repeated.
   */
  readonly delete: (checkpoint: Stored<T>, context: Context) => Promise<void>
  /** Reads what `fork` would need and reports what is wrong. Changes nothing. Throws only when it could not look. */
  readonly verify: (checkpoint: Stored<T>, context: Context) => Promise<VerifyReport>
  /** Where `create` answers with `cut`: how far it is since. Changes nothing. */
  readonly refresh?: (checkpoint: Stored<T>, context: Context) => Promise<Refreshed<T>>
  /**
   * Where a backend may have gone on with what nobody waited for: what there is of an interrupted `create`, or null. The source
   * is as it was afterwards.
   */
  readonly resume?: (checkpoint: Stored<T>, context: Context) => Promise<Refreshed<T> | null>
  /** Throws (`busyError`) when the checkpoint should stay unless the user insists. Default: it never has to. */
  readonly refuseDelete?: (checkpoint: Stored<T>, context: Context) => Promise<void>
  /** What it costs to keep a checkpoint; null: nothing, or nobody knows. Asks nobody. */
  readonly cost?: (checkpoint: Stored<T>) => Cost | null
}

/** Every tier with its handlers. A provider supplies the part that it really serves. */
export type TierTable = {readonly [T in Tier]: TierHandlers<T>}
