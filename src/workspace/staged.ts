import {setTimeout as sleep} from 'node:timers/promises'

import type {CheckpointId} from '../core/ids.js'
import type {Transport} from '../core/transport.js'
import {listUnparsed} from './listing.js'
import {TICK_MS} from './listed-fields.js'
import type {Stat} from './stat.js'

/** New content of a workdir as it was listed before it took its place. */
export interface Staged {
  /** A part of the workdir that was not there; nothing where it is all of it. */
  readonly stats: readonly Stat[]
  /** The baseline of all of the workdir; null where it is a part. */
  readonly baseline: ((checkpoint: CheckpointId) => Buffer | Promise<Buffer>) | null
  /** Of all of the workdir, for who asks; null comes where it is a part, or the host cannot be asked for it later. */
  readonly fingerprint: () => string | null
}

/**
 * Lists what has been unpacked, so that it need not be listed once more when it has taken its place: a rename moves the times of nothing
 * that is inside. What is written from now on bears later ones.
 */
export async function listStaged(transport: Transport, tree: string, signal: AbortSignal): Promise<readonly Buffer[]> {
  await sleep(TICK_MS, undefined, {signal}).catch(() => undefined)
  return listUnparsed(transport, tree, signal)
}
