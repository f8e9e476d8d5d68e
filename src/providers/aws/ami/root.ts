import {text} from 'node:stream/consumers'

import {throwIfAborted} from '../../../core/errors.js'
import type {Transport} from '../../../core/transport.js'
import {hostFailure} from '../../../transports/script.js'

/**
 * Runs a script as root, and returns what it printed.
 * @throws {CrabboxError} `HOST_COMMAND_FAILED`
 */
export async function runAsRoot(
  transport: Transport,
  script: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  const running = transport.spawn({argv: ['sudo', '-n', 'sh', '-c', script, 'crabbox', ...args]}, signal)
  running.stdin.end()
  const [stdout, stderr, exit] = await Promise.all([text(running.stdout), text(running.stderr), running.exit])
  throwIfAborted(signal)
  if (exit.code === 0) return stdout
  throw hostFailure('look at the machine as root', exit.code ?? exit.signal, stderr)
}
