import type {CheckpointId} from '../core/ids.js'
import type {Lease} from '../core/lease.js'
import {acquireLock, type LockMode} from '../state/locks.js'

export interface Guard {
  readonly mode: LockMode
  /** What is going on, such as `checkpoint create`. */
  readonly what: string
  readonly subject?: Readonly<Record<string, string>>
}

/** Notes that something is left to clean up, as if this process were killed now: whoever comes next is told, and does it. */
export type LeaveUnfinished = () => void

/** Does work on a lease that nothing else may disturb. Throws `BUSY`. */
export const withLease = <R>(
  stateDir: string,
  lease: {readonly id: Lease['id']; readonly slug: string},
  guard: Guard,
  work: (leave: LeaveUnfinished) => Promise<R>,
): Promise<R> =>
  withLock(
    stateDir,
    `lease:${lease.id}`,
    `lease ${lease.slug}`,
    {...guard, subject: {lease: lease.id, ...guard.subject}},
    work,
  )

/** Does work with a checkpoint: shared while its content is read, exclusive while it is made or removed. Throws `BUSY`. */
export const withCheckpoint = <R>(
  stateDir: string,
  id: CheckpointId,
  guard: Guard,
  work: () => Promise<R>,
): Promise<R> =>
  withLock(
    stateDir,
    `checkpoint:${id}`,
    `checkpoint ${id}`,
    {...guard, subject: {checkpoint: id, ...guard.subject}},
    work,
  )

async function withLock<R>(
  stateDir: string,
  key: string,
  describe: string,
  guard: Guard,
  work: (leave: LeaveUnfinished) => Promise<R>,
): Promise<R> {
  const lock = await acquireLock(stateDir, {
    key,
    describe,
    mode: guard.mode,
    what: guard.what,
    subject: guard.subject ?? {},
  })
  let unfinished = false
  try {
    return await work(() => (unfinished = true))
  } finally {
    // Where it cannot be noted, it is as if this process were killed: the lock outlives it all the same.
    await (unfinished ? lock.abandon().catch(() => undefined) : lock.release())
  }
}
