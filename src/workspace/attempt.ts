import {createHash, randomUUID} from 'node:crypto'
import {hostname} from 'node:os'
import {resolve} from 'node:path'

import type {RestoreResult} from '../core/restore.js'

/** All attempts at one restore or undo: the second goes on with what the first has left on the host. */
export interface Attempt<R = RestoreResult> {
  /** Nobody else's. It begins with the client's own. */
  readonly id: string
  /** What an attempt was about to do when it replaced the workdir; null: none has come so far. */
  result: R | null
}

/** Before the first one. */
export const newAttempt = <R = RestoreResult>(stateDir: string): Attempt<R> => ({
  id: `${clientId(stateDir)}-${randomUUID()}`,
  result: null,
})

/** Tells those apart who share no locks: two state directories that work on one lease. */
export const clientId = (stateDir: string): string =>
  createHash('sha256')
    .update(`${hostname()}\0${resolve(stateDir)}`)
    .digest('hex')
    .slice(0, 12)
