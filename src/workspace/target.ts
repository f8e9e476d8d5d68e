import type {Transport} from '../core/transport.js'
import {runScript} from '../transports/script.js'

const IS_DIRECTORY = `if [ -d "$1" ]; then echo yes; else echo no; fi`

/** Whether a path is a directory on the host. */
export async function directoryExists(transport: Transport, path: string, signal: AbortSignal): Promise<boolean> {
  const {stdout} = await runScript(transport, IS_DIRECTORY, [path], signal, {purpose: `look at ${path}`})
  return stdout.toString('utf8') === 'yes\n'
}
