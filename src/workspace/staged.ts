import {setTimeout as sleep} from 'node:timers/promises'

import type {Transport} from '../core/transport.js'
import {fingerprintOf} from './fingerprint.js'
import {listWhole} from './listing.js'
import {TICK_MS} from './listed-fields.js'
import type {Stat} from './stat.js'

/** New content of a workdir as it was listed before it took its place. */
export interface Staged {
  readonly stats: readonly Stat[]
  /** Null where the host cannot be asked for it later. */
  readonly fingerprint: string | null
}

/**
 * Lists what has been unpacked, so that it need not be listed once more when it has taken its place: a rename moves the times of nothing
 * that is inside. What is written from now on bears later ones.
 */
export async function listStaged(transport: Transport, tree: string, signal: AbortSignal): Promise<Staged> {
  await sleep(TICK_MS, undefined, {signal}).catch(() => undefined)
  const {listing, output} = await listWhole(transport, tree, signal)
  return {stats: listing.stats, fingerprint: fingerprintOf(output)}
}
