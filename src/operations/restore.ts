import {posix} from 'node:path'

import type {Checkpoint, Stored} from '../core/checkpoint.js'
import {cleaningUp} from '../core/cleaning-up.js'
import {CrabboxError, OUTCOME_UNKNOWN, usageError} from '../core/errors.js'
import type {Lease} from '../core/lease.js'
import {restoreHandlersFor} from '../core/narrow.js'
import {RESTORABLE_TIERS, type RestorableTier, type RestoreHandlers, type RestoreResult} from '../core/restore.js'
import type {Tier} from '../core/tier.js'
import {requireReady} from './checkpoint-record.js'
import {dialAhead} from './dial.js'
import type {Environment} from './environment.js'
import {everyRestore, restoreUnsupported} from './every-restore.js'
import {withCheckpoint, withLease, type LeaveUnfinished} from './locking.js'
import {RESTORE, UNDO} from './restoring.js'
import {requireSameProvider} from './same-provider.js'
import {noteUse} from './usage.js'
import {workdirOf} from './workdir.js'

export interface RestoreWish {
  readonly checkpoint: Checkpoint
  readonly lease: Lease
  /** What `--workdir` named, or null. */
  readonly workdir: string | null
  readonly dryRun: boolean
}

/** Makes a lease's workdir what the checkpoint holds. */
export async function restoreCheckpoint(
  wish: RestoreWish,
  environment: Environment,
): Promise<RestoreResult & {target: string}> {
  const {lease, dryRun} = wish
  const checkpoint = requireRestorable(requireReady(wish.checkpoint))
  requireSameProvider(checkpoint, lease.provider)
  const provider = await environment.registry.get(lease.provider)
  const handlers = restoreHandlersFor(provider, checkpoint.tier)
  if (handlers === null) throw restoreUnsupported(provider.name)
  const target = targetOf(checkpoint, lease, wish.workdir)
  const {stateDir} = environment
  dialAhead(provider, lease, environment)
  const result = await withLease(stateDir, lease, {mode: 'exclusive', what: RESTORE, subject: {target}}, leave =>
    withCheckpoint(stateDir, checkpoint.id, {mode: 'shared', what: RESTORE}, () =>
      handlers
        .restore({checkpoint, lease, target, dryRun}, environment)
        .catch(cleanUp(handlers, {lease, target}, leave, environment)),
    ),
  )
  if (!dryRun) await noteUse(stateDir, checkpoint.id, environment.progress)
  return {...result, target}
}

/** Puts back what the last restore replaced. */
export async function undoLastRestore(
  lease: Lease,
  workdir: string | null,
  environment: Environment,
): Promise<{checkpoint: string; target: string}> {
  const handlers = everyRestore(await environment.registry.get(lease.provider))
  const target = workdirOf(lease, workdir).path
  const guard = {mode: 'exclusive', what: UNDO, subject: {target}} as const
  return withLease(environment.stateDir, lease, guard, leave =>
    handlers
      .undo({lease, target}, environment)
      .then(undone => ({...undone, target}), cleanUp(handlers, {lease, target}, leave, environment)),
  )
}

/** What fails or is interrupted half-way leaves nothing beside the workdir. Where nobody knows what the host has done, the next command finds out. */
const cleanUp =
  (
    handlers: Pick<RestoreHandlers<RestorableTier>, 'recover'>,
    what: {lease: Lease; target: string},
    leave: LeaveUnfinished,
    environment: Environment,
  ) =>
  async (error: unknown): Promise<never> => {
    // Whoever is overtaken has left nothing, and what he would find is of somebody who is at work.
    if (!(error instanceof CrabboxError) || error.code !== 'WORKDIR_BUSY')
      await handlers.recover(what, cleaningUp(environment)).catch(() => {
        if (error instanceof CrabboxError && error.code === OUTCOME_UNKNOWN) leave()
      })
    throw error
  }

function requireRestorable(checkpoint: Stored<Tier>): Stored<RestorableTier> {
  if ((RESTORABLE_TIERS as readonly Tier[]).includes(checkpoint.tier)) return checkpoint as Stored<RestorableTier>
  const next =
    checkpoint.tier === 'recipe'
      ? 'A recipe holds no files; run its commands again on a lease.'
      : 'Use crabbox checkpoint fork.'
  throw usageError(
    'RESTORE_UNSUPPORTED',
    `${checkpoint.id} is a ${checkpoint.tier} checkpoint, which cannot be restored in place`,
    next,
  )
}

/** Where it was taken from, on this lease. A directory outside of the workdir is not guessed on another lease. */
function targetOf(checkpoint: Stored<Tier>, lease: Lease, asked: string | null): string {
  if (asked !== null) return workdirOf(lease, asked).path
  const {relative, path} = checkpoint.workdir
  if (relative !== null) return posix.join(lease.workdir, relative)
  if (checkpoint.lease.id === lease.id) return workdirOf(lease, path).path
  throw usageError(
    'WORKDIR_NEEDED',
    `${checkpoint.id} was taken of ${path}, outside the workdir of another lease`,
    'Say with --workdir where to restore it.',
  )
}
