import type {Running, Transport} from '../../src/core/transport.js'

/** Calls `after` when this script has ended, and before anybody learns that it has. */
export function meddleAfter(transport: Transport, script: string, after: () => Promise<void>): Transport {
  return {
    ...transport,
    spawn: (command, signal) => {
      const running = transport.spawn(command, signal)
      if (command.argv[2] !== script) return running
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
    if (command.argv[2] === script) throw new Error('killed here')
    return transport.spawn(command, signal)
  },
})
