import type {Ask} from '../../core/ask.js'
import type {Context} from '../../core/context.js'
import type {Transport} from '../../core/transport.js'
import {statePaths} from '../../state/paths.js'
import {formatHostAddress, parseHostAddress} from '../../transports/ssh/address.js'
import {openSsh, type Opened} from '../../transports/ssh/open.js'
import {sharedConnections, type Opening} from '../../transports/ssh/shared.js'
import {sshTransport} from '../../transports/ssh/transport.js'

/** A host as a lease's details have it. */
export interface Host {
  /** As the user named it. */
  readonly host: string
  /** The only key that will do; null: what the known hosts say. */
  readonly hostKey: string | null
}

/** A connection to a host, and the key that it has shown. */
export interface Connected {
  readonly transport: Transport
  readonly hostKey: string
}

/** How a connection to a host is opened, and what it is called. */
interface Way {
  readonly name: string
  readonly open: (opening: Opening) => Promise<Opened>
  readonly alsoCalled: (opened: Opened) => string
}

const connections = sharedConnections()

/** Connects to a host. Those who are at work on the same one share a connection. */
export async function connectTo(host: Host, context: Context, acceptNew = false): Promise<Connected> {
  const {name, open, alsoCalled} = wayTo(host, context, acceptNew)
  const lent = await connections.lend(name, open, alsoCalled, context)
  return {transport: sshTransport(lent), hostKey: lent.hostKey}
}

/** Begins to connect to a host, for those who will. */
export function dial(host: Host, context: Context, acceptNew = false): void {
  const {done} = context
  // Where nobody says when all is done, nobody would close it.
  if (done === undefined) return
  const {name, open} = wayTo(host, context, acceptNew)
  connections.dial(name, open, done)
}

function wayTo({host, hostKey}: Host, {signal, ask, stateDir}: Context, acceptNew: boolean): Way {
  const address = parseHostAddress(host)
  const knownHostsFile = statePaths(stateDir).knownHosts
  const name = `${formatHostAddress(address)} ${stateDir}`
  const pinnedTo = (key: string): string => `${name} ${key}`
  return {
    // Whoever wants one key alone may share with one who is content with it; not the other way round.
    name: hostKey === null ? name : pinnedTo(hostKey),
    alsoCalled: opened => pinnedTo(opened.hostKey),
    open: ({again, silent, wanted, closed}) => {
      const asking = ask === undefined ? null : askWhen(wanted, ask)
      const until = AbortSignal.any([signal, closed])
      return openSsh(address, {
        pinned: hostKey,
        acceptNew,
        knownHostsFile,
        ask: asking,
        wanted,
        signal: until,
        again,
        silent,
      })
    },
  }
}

/** Asks nothing before somebody needs the answer: the command may end for another reason. */
const askWhen = (wanted: Promise<void>, ask: Ask): Ask => ({
  confirm: question => wanted.then(() => ask.confirm(question)),
  secret: question => wanted.then(() => ask.secret(question)),
})
