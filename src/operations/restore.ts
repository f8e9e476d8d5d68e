import type {Checkpoint, Stored} from '../core/checkpoint.js'
import {usageError} from '../core/errors.js'
import type {Lease} from '../core/lease.js'
import type {RestoreHandlers, RestoreResult} from '../core/restore.js'
import type {Tier} from '../core/tier.js'
import {restoreHandlersFor} from '../providers/narrow.js'
import {posix} from 'node:path'
import {requireReady} from './checkpoint-record.js'
import type {Environment} from './environment.js'
import {withCheckpoint, withLease} from './locking.js'
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
  const checkpoint = requireArchive(requireReady(wish.checkpoint))
  const handlers = await restoreHandlers(lease, environment)
  const target = targetOf(checkpoint, lease, wish.workdir)
  const {stateDir} = environment
  const result = await withLease(
    stateDir,
    lease,
    {mode: 'exclusive', what: 'checkpoint restore', subject: {target}},
    () =>
      withCheckpoint(stateDir, checkpoint.id, {mode: 'shared', what: 'checkpoint restore'}, () =>
        handlers
          .restore({checkpoint, lease, target, dryRun}, environment)
          .catch(cleanUp(handlers, {lease, target}, environment)),
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
  const handlers = await restoreHandlers(lease, environment)
  const target = workdirOf(lease, workdir).path
  return withLease(environment.stateDir, lease, {mode: 'exclusive', what: 'checkpoint undo', subject: {target}}, () =>
    handlers
      .undo({lease, target}, environment)
      .then(undone => ({...undone, target}), cleanUp(handlers, {lease, target}, environment)),
  )
}

/** What fails or is interrupted half-way leaves nothing beside the workdir. Where this fails too, the next command does it. */
const cleanUp =
  (handlers: RestoreHandlers<'workspace-archive'>, what: {lease: Lease; target: string}, environment: Environment) =>
  async (error: unknown): Promise<never> => {
    await handlers.recover(what, {...environment, signal: new AbortController().signal}).catch(() => undefined)
    throw error
  }

/** The provider's handlers for the one tier that is restored in place. Throws `RESTORE_UNSUPPORTED`. */
export async function restoreHandlers(
  lease: Lease,
  environment: Environment,
): Promise<RestoreHandlers<'workspace-archive'>> {
  const handlers = restoreHandlersFor(await environment.registry.get(lease.provider), 'workspace-archive')
  if (handlers !== null) return handlers
  throw usageError(
    'RESTORE_UNSUPPORTED',
    `leases of the provider ${lease.provider} cannot be restored in place`,
    'Use crabbox checkpoint fork.',
  )
}

function requireArchive(checkpoint: Stored<Tier>): Stored<'workspace-archive'> {
  if (checkpoint.tier === 'workspace-archive') return checkpoint as Stored<'workspace-archive'>
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
