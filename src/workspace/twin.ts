import type {Transport} from '../core/transport.js'
import {runScript} from '../transports/script.js'
import {FINGERPRINT} from './fingerprint.js'

/** How a directory looked when it had been filled and checked, to be compared with how it looks later. */
export interface Looks {
  /** Of all that is in it. */
  readonly fingerprint: string
  /** Its own change time, as GNU find prints it. */
  readonly changed: string
}

/** A directory on the same host that was filled with what is wanted. */
export interface Twin extends Looks {
  readonly path: string
  /** Asks whether it still looks so; copies that end at about the same time share an answer. */
  readonly ask: (question: () => Promise<boolean>) => Promise<boolean>
}

/** Parameters: a directory, an empty one, `bare` where nothing has extended attributes. Prints `copied` where all that there is was copied. */
// Nothing is removed here: when its client has gone unseen, this may still run while another attempt is made.
export const COPY = `cd -- "$2" || exit 1
case $(cp --version 2>&1) in *GNU*) ;; *) exit 0 ;; esac
command -v sha256sum >/dev/null || exit 0
if [ "$3" = bare ]; then cp -dRx --preserve=mode,ownership,timestamps,links -- "$1/." . || exit 0
else cp -ax -- "$1/." . || exit 0; fi
echo copied`

/** Parameters: a directory, how it is to look: its fingerprint, its change time. Prints `same` where it does. */
export const LOOK_AGAIN = `cd -- "$1" || exit 0
if [ "$(${FINGERPRINT})" = "$2  -" ] && [ "$(find "$1" -maxdepth 0 -printf %C@)" = "$3" ]; then echo same; fi`

/**
 * Copies a twin into an empty directory. Where it still looks afterwards as it did when it was checked, nobody has written to it, and the
 * copy is believed as the kernel is that made it.
 * @param bare whether nothing in it has extended attributes
 * @returns whether it can be believed; else anything may be in the directory
 */
export async function copyTwin(
  transport: Transport,
  {path, fingerprint, changed, ask}: Twin,
  into: string,
  bare: boolean,
  signal: AbortSignal,
): Promise<boolean> {
  const says = async (script: string, parameters: readonly string[], wanted: string): Promise<boolean> => {
    const {stdout} = await runScript(transport, script, parameters, signal, {purpose: 'copy another fork'})
    return stdout.toString('latin1') === wanted
  }

  if (!(await says(COPY, [path, into, bare ? 'bare' : ''], 'copied\n'))) return false
  return ask(() => says(LOOK_AGAIN, [path, fingerprint, changed], 'same\n'))
}
