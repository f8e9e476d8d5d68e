import type {Stored} from './checkpoint.js'
import type {Context} from './context.js'
import type {Lease} from './lease.js'
import type {Tier} from './tier.js'

/** What `restore` is asked for. */
export interface RestoreRequest<T extends Tier> {
  readonly checkpoint: Stored<T>
  readonly lease: Lease
  /** Absolute directory on the lease's host that becomes what was saved. */
  readonly target: string
  /** Only say what would change. */
  readonly dryRun: boolean
}

/** What a restore changed, or would change. Paths are relative to the target, for people to read. */
export interface RestoreResult {
  readonly sent: readonly string[]
  readonly removed: readonly string[]
  /** Bytes of the files that were sent. */
  readonly sentBytes: number
  readonly unchanged: number
}

/** Which directory of which lease is meant. */
export interface UndoRequest {
  readonly lease: Lease
  readonly target: string
}

/** What became of an interrupted restore, or undo: it was finished, or given up before it had changed the target. */
export type Recovery = 'finished' | 'given up'

/** In-place restore, for the tiers that have it. Each operation stops soon after `context.signal` aborts, with `INTERRUPTED`. */
export interface RestoreHandlers<T extends Tier> {
  /**
   * Makes the target equal to the checkpoint, atomically: what was there, or what was saved, and nothing between. What was not
   * saved is removed. What it replaced is kept until the next restore. With `dryRun` it changes nothing and answers the same.
   */
  readonly restore: (request: RestoreRequest<T>, context: Context) => Promise<RestoreResult>
  /**
   * Puts back what the last restore replaced, and keeps in turn what that replaces: `undo` twice is where one began.
   * Throws `NOTHING_TO_UNDO` (`busyError`). Answers with the checkpoint that the restore was of.
   */
  readonly undo: (request: UndoRequest, context: Context) => Promise<{readonly checkpoint: string}>
  /** Finishes or removes what an interrupted restore left beside the target. Null: nothing was there, or nothing that tells. */
  readonly recover: (request: UndoRequest, context: Context) => Promise<Recovery | null>
}

/** Tiers that can be restored in place. */
export const RESTORABLE_TIERS = ['workspace-archive', 'provider-native'] as const satisfies readonly Tier[]
/** See `RESTORABLE_TIERS`. */
export type RestorableTier = (typeof RESTORABLE_TIERS)[number]
/** Every tier that can be restored in place, with its handlers. */
export type RestoreTable = {readonly [T in RestorableTier]: RestoreHandlers<T>}
