import {usageError} from '../core/errors.js'
import type {Transport} from '../core/transport.js'
import {runScript} from '../transports/script.js'

const IS_DIRECTORY = `if [ -d "$1" ]; then echo yes; else echo no; fi`

// A mount point lies on another device than the directory that holds it; one of the same device is known to mountpoint only.
const IS_MOUNT = `[ -d "$1" ] || exit 0
if [ "$(stat -c %d -- "$1")" != "$(stat -c %d -- "$1/..")" ] || { mountpoint -q -- "$1"; } 2>/dev/null; then echo yes; fi`

/** Whether a path is a directory on the host. */
export async function directoryExists(transport: Transport, path: string, signal: AbortSignal): Promise<boolean> {
  const {stdout} = await runScript(transport, IS_DIRECTORY, [path], signal, {purpose: `look at ${path}`})
  return stdout.toString('utf8') === 'yes\n'
}

/**
 * A mount point cannot be swapped: what is beside it lies on another file system.
 * @throws {CrabboxError} `WORKDIR_REFUSED`
 */
export async function refuseMountPoint(transport: Transport, path: string, signal: AbortSignal): Promise<void> {
  const {stdout} = await runScript(transport, IS_MOUNT, [path], signal, {purpose: `look at ${path}`})
  if (stdout.length === 0) return
  throw usageError('WORKDIR_REFUSED', `${path} is a mount point and cannot be replaced`, 'Name a directory below it.')
}
