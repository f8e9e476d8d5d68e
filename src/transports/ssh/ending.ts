import type {ClientChannel} from 'ssh2'

import type {Exit} from '../../core/transport.js'

const endings = new WeakMap<ClientChannel, Promise<Exit | null>>()
const cut = new WeakSet<ClientChannel>()

/**
 * How the command of a channel ends; null where the connection ends first, and nobody says, or not all of its output has come. The first
 * call begins to listen, and belongs where the channel is opened: a command may be over before whoever asked for the channel is told that
 * it is there, and what was not heard then is not said again.
 */
export function endingOf(channel: ClientChannel): Promise<Exit | null> {
  const known = endings.get(channel) ?? listen(channel)
  endings.set(channel, known)
  return known
}

/**
 * Tells that the connection of a channel is lost, before the channel itself is told. Servers may say how a command ended before they have
 * sent the last of its output, and ssh2 ends the streams of such a channel as if nothing was missing. What it keeps of the host's side
 * of a channel has no public word; where that is gone, all that was not over counts as cut.
 */
export function connectionEnded(channel: ClientChannel): void {
  const incoming: unknown = Reflect.get(channel, 'incoming')
  const state: unknown = typeof incoming === 'object' && incoming !== null ? Reflect.get(incoming, 'state') : undefined
  if (state !== 'eof' && state !== 'closed') cut.add(channel)
}

const listen = (channel: ClientChannel): Promise<Exit | null> =>
  new Promise(resolve => {
    let exit: Exit | null = null
    channel.once('exit', (code: number | null, name?: string) => {
      exit = code === null ? {code: null, signal: `SIG${String(name).replace(/^SIG/, '')}`} : {code, signal: null}
    })
    channel.once('close', () => resolve(cut.has(channel) ? null : exit))
  })
