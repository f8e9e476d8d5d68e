import type {Checkpoint} from '../core/checkpoint.js'
import {isInterruption, usageError} from '../core/errors.js'
import type {Tier} from '../core/tier.js'
import {openCatalog} from '../state/catalog.js'
import {deleteCheckpoint} from './delete.js'
import type {Environment} from './environment.js'

export interface PruneWish {
  /** Milliseconds since it was made. */
  readonly olderThan: number | null
  /** Milliseconds since it was last forked or restored, or made. */
  readonly unusedFor: number | null
  readonly tier: Tier | null
  /** Those that failed or were interrupted. */
  readonly failed: boolean
  readonly dryRun: boolean
}

export interface PruneResult {
  readonly removed: readonly Checkpoint[]
  readonly kept: readonly {readonly checkpoint: Checkpoint; readonly error: unknown}[]
}

/** Deletes the checkpoints that all given conditions hold for. What is being made or used is never touched. */
export async function pruneCheckpoints(wish: PruneWish, environment: Environment): Promise<PruneResult> {
  if (wish.olderThan === null && wish.unusedFor === null && wish.tier === null && !wish.failed) {
    throw usageError(
      'PRUNE_WHAT',
      'prune needs to be told what may go',
      'Give --older-than, --unused-for, --tier or --failed.',
    )
  }

  const {rows} = await openCatalog(environment.stateDir).read()
  const now = Date.now()
  const doomed = [...rows.values()].filter(row => matches(row, wish, now))
  if (wish.dryRun) return {removed: doomed, kept: []}
  const removed: Checkpoint[] = []
  const kept: {checkpoint: Checkpoint; error: unknown}[] = []
  for (const checkpoint of doomed) {
    try {
      await deleteCheckpoint(checkpoint, {localOnly: false}, environment)
      removed.push(checkpoint)
    } catch (error) {
      if (isInterruption(error)) throw error
      kept.push({checkpoint, error})
    }
  }

  return {removed, kept}
}

/** A checkpoint in the making is nobody's to prune; once it is interrupted, the next command has marked it as failed. */
function matches(row: Checkpoint, wish: PruneWish, now: number): boolean {
  if (wish.failed ? row.state !== 'failed' : row.state !== 'ready') return false
  const age = now - Date.parse(row.createdAt)
  const idle = now - Date.parse(row.lastUsedAt ?? row.createdAt)
  return (
    (wish.olderThan === null || age >= wish.olderThan) &&
    (wish.unusedFor === null || idle >= wish.unusedFor) &&
    (wish.tier === null || row.tier === wish.tier)
  )
}
