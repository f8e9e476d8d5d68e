import {createHash, randomUUID} from 'node:crypto'
import {hostname} from 'node:os'
import {resolve} from 'node:path'

import type {RestoreResult} from '../core/restore.js'

/** All attempts at one restore: the second goes on with what the first has left on the host. */
export interface Attempt {
  /** Nobody else's. It begins with the client's own. */
  readonly id: string
  /** What an attempt was about to do when it replaced the workdir; null: none has come so far. */
  result: RestoreResult | null
}

/** Before the first one. */
export const newAttempt = (stateDir: string): Attempt => ({id: `${clientId(stateDir)}-${randomUUID()}`, result: null})

/** Tells those apart who share no locks: two state directories that work on one lease. */
export const clientId = (stateDir: string): string =>
  createHash('sha256')
    .update(`${hostname()}\0${resolve(stateDir)}`)
    .digest('hex')
    .slice(0, 12)
