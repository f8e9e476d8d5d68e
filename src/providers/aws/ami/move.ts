import {text} from 'node:stream/consumers'

import {providerError} from '../../../core/errors.js'
import type {Placement} from '../../../core/lease.js'
import type {Transport} from '../../../core/transport.js'
import {startScript} from '../../../transports/script.js'
import {MOVE} from './identity-script.js'

const WHY: Readonly<Record<number, string>> = {
  3: 'the image does not have it',
  4: 'there is something at the new place already',
}

/**
 * Gives the source's directory the place of the fork's. It has to be the same directory afterwards.
 * @throws {CrabboxError} `WORKDIR_NOT_MOVED`
 */
export async function moveWorkRoot(
  transport: Transport,
  from: string,
  {workRoot, workdir}: Placement,
  signal: AbortSignal,
): Promise<void> {
  const running = startScript(transport, MOVE, [from, workRoot, workdir], signal)
  running.stdin.end()
  running.stdout.resume()
  const [exit, complaints] = await Promise.all([running.exit, text(running.stderr)])
  if (exit.code === 0) return
  throw providerError(
    'WORKDIR_NOT_MOVED',
    `${from} could not become ${workRoot}: ${WHY[exit.code ?? 0] ?? (complaints.trim() || `exit ${exit.code ?? exit.signal}`)}`,
    'The fork was ended. Make the checkpoint again.',
  )
}
