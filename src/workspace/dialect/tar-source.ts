import {setTimeout as sleep} from 'node:timers/promises'

import type {Running} from '../../core/transport.js'

/** A tarball that is being made on a host, whatever its tools are. */
export interface TarSource {
  /** A tarball with extended headers. */
  readonly bytes: AsyncIterable<Buffer>
  /** Whether pieces are as a program wrote them, and whoever has read one may give its memory back. */
  readonly asWritten: boolean
  /** Ends what still runs there. */
  readonly kill: () => void
  /** Why the host could not say how it ended: then what came is cut off for that. Null: it could, or still may. */
  readonly loss: () => Promise<unknown>
  /**
   * To be called when all bytes were read. Warnings for what is harmless; an error for what is not.
   * @param missing files that were asked for and did not come, as people read them
   * @param finished whether the tarball had its end mark
   */
  readonly judge: (missing: readonly string[], finished: boolean) => Promise<readonly string[]>
}

/** Milliseconds in which a command whose output has ended tells how it ended. */
const SOON = 200

/** What keeps a command from telling how it ended; null when nothing does. */
export const lossOf = (running: Running | null): Promise<unknown> =>
  Promise.race([
    (running?.exit ?? Promise.resolve()).then(
      () => null,
      (error: unknown) => error,
    ),
    sleep(SOON, null),
  ])
