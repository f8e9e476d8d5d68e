import {PassThrough} from 'node:stream'

import type {Running, Transport} from '../../src/core/transport.js'
import {asStarted} from '../../src/transports/script.js'

/** Calls `after` when this script has ended, and before anybody learns that it has. */
export function meddleAfter(transport: Transport, script: string, after: () => Promise<void>): Transport {
  return {
    ...transport,
    spawn: (command, signal) => {
      const running = transport.spawn(command, signal)
      if (command.argv[2] !== asStarted(script)) return running
      const exit = running.exit.then(async result => {
        await after()
        return result
      })
      return {...running, exit} satisfies Running
    },
  }
}

/** Lets the connection end, as if this process were killed, in the place of this script. */
export const dieBefore = (transport: Transport, script: string): Transport => ({
  ...transport,
  spawn: (command, signal) => {
    if (command.argv[2] === asStarted(script)) throw new Error('killed here')
    return transport.spawn(command, signal)
  },
})

/** Does something before this script is started for the first time. */
export function meddleBefore(transport: Transport, script: string, before: () => Promise<void>): Transport {
  let done: Promise<void> | null = null
  return {
    ...transport,
    spawn: (command, signal) => {
      if (command.argv[2] !== asStarted(script) || done !== null) return transport.spawn(command, signal)
      const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
      done = before()
      const exit = done.then(() => {
        const running = transport.spawn(command, signal)
        stdin.pipe(running.stdin)
        running.stdout.pipe(stdout)
        running.stderr.pipe(stderr)
        return running.exit
      })
      return {stdin, stdout, stderr, exit, kill: () => true}
    },
  }
}
