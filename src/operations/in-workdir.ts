import {CrabboxError, notFoundError} from '../core/errors.js'
import type {Lease} from '../core/lease.js'
import type {Exit, Transport} from '../core/transport.js'
import {runScript} from '../transports/script.js'

/** How a host ends what it cannot begin in its directory. A command may end so by itself. */
const NOT_ENTERED = 125

const LOOK = `[ -d "$1" ] || exit 0
cd -- "$1"
echo entered`

/**
 * Waits for a command that runs in a lease's workdir, and tells where it could not begin because there is none.
 * @throws {CrabboxError} `WORKDIR_NOT_FOUND`; `HOST_COMMAND_FAILED` for one that may not be entered; what `exit` rejects with
 */
export async function exitInWorkdir(
  {workdir, slug}: Pick<Lease, 'workdir' | 'slug'>,
  transport: Transport,
  exit: Promise<Exit>,
  signal: AbortSignal,
): Promise<Exit> {
  const ended = await exit.catch((error: unknown) => {
    if (error instanceof CrabboxError && error.code === 'COMMAND_NOT_STARTED') return error
    throw error
  })
  if (!(ended instanceof CrabboxError) && ended.code !== NOT_ENTERED) return ended
  const {stdout} = await runScript(transport, LOOK, [workdir], signal, {purpose: 'enter the workdir'})
  if (stdout.length === 0)
    throw notFoundError(
      'WORKDIR_NOT_FOUND',
      `the workdir ${workdir} of lease ${slug} is gone`,
      `Go back to a checkpoint with crabbox checkpoint restore ID --id ${slug}, or give it up with crabbox stop --id ${slug}.`,
    )
  if (ended instanceof CrabboxError) throw ended
  return ended
}
