import type {Transport} from '../core/transport.js'
import {runScript} from '../transports/script.js'
import {FINGERPRINT} from './fingerprint.js'

/** A directory on the same host that was filled with what is wanted. */
export interface Twin {
  readonly path: string
  /** How it looked when it had been checked. */
  readonly fingerprint: string
}

// The directory itself is there already; its own metadata comes with those of the others.
const COPY = `umask 077
if cp -a -- "$1/." "$2/" && cd -- "$1" && [ "$(${FINGERPRINT})" = "$3  -" ]; then echo same
else rm -rf -- "$2" && mkdir -- "$2"; fi`

/**
 * Copies a twin into an empty directory. Where it still looks afterwards as it did when it was checked, nobody has written to it, and the
 * copy is believed as the kernel is that made it. Else there is nothing in the directory.
 * @returns whether it was copied
 */
export async function copyTwin(
  transport: Transport,
  {path, fingerprint}: Twin,
  into: string,
  signal: AbortSignal,
): Promise<boolean> {
  const {stdout} = await runScript(transport, COPY, [path, into, fingerprint], signal, {purpose: 'copy another fork'})
  return stdout.toString('latin1') === 'same\n'
}
