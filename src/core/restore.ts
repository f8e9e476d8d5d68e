import type {Stored} from './checkpoint.js'
import type {Context} from './context.js'
import type {Lease} from './lease.js'
import type {Tier} from './tier.js'

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

export interface UndoRequest {
  readonly lease: Lease
  readonly target: string
}

/**
 * In-place restore, for the tiers that have it.
 *
 * - `restore` makes the target equal to the checkpoint, atomically, and keeps what it replaced until the next restore.
 * - `undo` puts that back; what it replaces is kept in turn, so that `undo` twice is where one began.
 *   Throws `NOTHING_TO_UNDO`.
 * - `recover` finishes or removes what an interrupted restore left beside the target. Nothing there is success.
 */
export interface RestoreHandlers<T extends Tier> {
  readonly restore: (request: RestoreRequest<T>, context: Context) => Promise<RestoreResult>
  readonly undo: (request: UndoRequest, context: Context) => Promise<{readonly checkpoint: string}>
  readonly recover: (request: UndoRequest, context: Context) => Promise<void>
}

/** Tiers that can be restored in place. */
export const RESTORABLE_TIERS = ['workspace-archive', 'provider-native'] as const satisfies readonly Tier[]
export type RestorableTier = (typeof RESTORABLE_TIERS)[number]
export type RestoreTable = {readonly [T in RestorableTier]: RestoreHandlers<T>}
