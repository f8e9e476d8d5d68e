import type {ClientChannel} from 'ssh2'

import type {Exit} from '../../core/transport.js'

const endings = new WeakMap<ClientChannel, Promise<Exit | null>>()

/**
 * How the command of a channel ends; null where the connection ends first, and nobody says. The first call begins to listen, and
 * belongs where the channel is opened: a command may be over before whoever asked for the channel is told that it is there, and what
 * was not heard then is not said again.
 */
export function endingOf(channel: ClientChannel): Promise<Exit | null> {
  const known = endings.get(channel) ?? listen(channel)
  endings.set(channel, known)
  return known
}

const listen = (channel: ClientChannel): Promise<Exit | null> =>
  new Promise(resolve => {
    let exit: Exit | null = null
    channel.once('exit', (code: number | null, name?: string) => {
      exit = code === null ? {code: null, signal: `SIG${String(name).replace(/^SIG/, '')}`} : {code, signal: null}
    })
    channel.once('close', () => resolve(exit))
  })
