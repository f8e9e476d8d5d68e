import {randomUUID} from 'node:crypto'

import type {RestoreResult} from '../core/restore.js'

/** All attempts at one restore: the second goes on with what the first has left on the host. */
export interface Attempt {
  /** Nobody else's. */
  readonly id: string
  /** What an attempt was about to do when it replaced the workdir; null: none has come so far. */
  result: RestoreResult | null
}

/** Before the first one. */
export const newAttempt = (): Attempt => ({id: randomUUID(), result: null})
