import {notFoundError} from '../../core/errors.js'
import type {Context} from '../../core/context.js'
import type {LeaseReference} from '../../core/lease.js'
import type {CommandSpec, Exit, Running, Transport} from '../../core/transport.js'
import {statusOn} from './directory.js'
import {GUARD, MISSING} from './host-scripts.js'
import {noteSeen, wasSeen} from './seen.js'

/**
 * A transport that looks for its lease with the first command itself: to look before would cost a distant host several round trips, for
 * each command of the user's. Where there is none, the command is not begun, and its `exit` rejects with `LEASE_GONE`.
 */
export function guarded(transport: Transport, lease: LeaseReference, context: Context): Transport {
  const settled = async (running: Running, begun: number): Promise<Exit> => {
    const exit = await running.exit
    // A command of the user's may end so, too.
    const gone = exit.code === MISSING && (await statusOn(transport, lease, context)) === 'gone'
    if (gone) throw leaseGone(lease)
    if (exit.code !== null && exit.code !== MISSING) noteSeen(lease, context, begun)
    return exit
  }

  return {
    ...transport,
    spawn: (command, signal) => {
      if (wasSeen(lease, context)) return transport.spawn(command, signal)
      const running = transport.spawn(behindGuard(command, lease), signal)
      const exit = settled(running, performance.now())
      // Whoever waits for the exit sees the failure; whoever does not must not crash the process.
      exit.catch(() => undefined)
      return {...running, exit}
    },
  }
}

const behindGuard = (command: CommandSpec, {id, details}: LeaseReference): CommandSpec => ({
  ...command,
  cwd: undefined,
  // A PATH that is meant for the command may lead to no shell.
  argv: [
    command.env?.['PATH'] === undefined ? 'sh' : '/bin/sh',
    '-c',
    GUARD,
    'crabbox',
    details['root'] ?? '',
    id,
    command.cwd ?? '',
    ...command.argv,
  ],
})

const leaseGone = ({id, details}: LeaseReference): Error =>
  notFoundError(
    'LEASE_GONE',
    `the directory of lease ${id} is gone from ${details['host'] ?? 'its host'}`,
    `Run crabbox stop --id ${id} to forget it.`,
  )
