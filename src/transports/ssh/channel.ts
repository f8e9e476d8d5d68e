import {PassThrough} from 'node:stream'

import type {ClientChannel} from 'ssh2'

import {throwIfAborted} from '../../core/errors.js'
import type {CommandSpec, Exit, Running} from '../../core/transport.js'
import {instructions} from './boot.js'
import type {Connection} from './connection.js'
import {endingOf} from './ending.js'
import {connectionLost} from './failures.js'
import {remoteProcess} from './remote-process.js'

/** How long a command may take to end after TERM before it is killed, in milliseconds. */
const GRACE = 5000

/** Milliseconds that a killed command has to be gone. A host that is silent for so long is not waited for any more. */
const FAREWELL = 1000

/** Starts a command in a channel of its own. The streams are there at once; bytes flow when the channel is open. */
export function startCommand(connection: Connection, command: CommandSpec, signal: AbortSignal): Running {
  const process = remoteProcess(connection.lifeline)
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  for (const stream of [stdin, stdout, stderr]) stream.on('error', () => undefined)
  let surrender: NodeJS.Timeout | undefined
  const onAbort = (): void => {
    process.kill('SIGTERM')
    setTimeout(process.kill, GRACE, 'SIGKILL').unref()
    surrender = setTimeout(connection.abandon, GRACE + FAREWELL).unref()
  }

  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort, {once: true})
  const run = async (): Promise<Exit> => {
    const shell = await connection.shell()
    const {channel} = shell
    channel.write(instructions(command))
    process.started(shell)
    stdin.pipe(channel)
    channel.pipe(stdout)
    channel.stderr.pipe(stderr)
    // Whoever stops reading must not keep the channel from ending.
    stdout.once('close', () => channel.resume())
    stderr.once('close', () => channel.stderr.resume())
    return settled(connection, channel)
  }

  const giveUp = (error: unknown): never => {
    throwIfAborted(signal)
    throw error
  }

  const exit = run()
    .catch(giveUp)
    .finally(() => {
      signal.removeEventListener('abort', onAbort)
      clearTimeout(surrender)
      process.ended()
      stdin.destroy()
      stdout.end()
      stderr.end()
    })
  // Whoever waits for the exit sees the failure; whoever does not must not crash the process.
  exit.catch(() => undefined)
  return {stdin, stdout, stderr, exit, kill: process.kill}
}

/** How the command of a channel ended. Rejects with `CONNECTION_LOST` when nobody said. */
export async function settled({target, failure}: Connection, channel: ClientChannel): Promise<Exit> {
  const exit = await endingOf(channel)
  if (exit === null) throw connectionLost(target, failure())
  return exit
}
