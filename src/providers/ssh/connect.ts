import type {Context} from '../../core/context.js'
import type {Transport} from '../../core/transport.js'
import {statePaths} from '../../state/paths.js'
import {formatHostAddress, parseHostAddress} from '../../transports/ssh/address.js'
import {openSsh, type Opened} from '../../transports/ssh/open.js'
import {sharedConnections} from '../../transports/ssh/shared.js'
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

const lend = sharedConnections()

/** Connects to a host. Those who are at work on the same one share a connection. */
export async function connectTo({host, hostKey}: Host, context: Context, acceptNew = false): Promise<Connected> {
  const {signal, ask = null, stateDir} = context
  const address = parseHostAddress(host)
  const knownHostsFile = statePaths(stateDir).knownHosts
  const open = (again: boolean): Promise<Opened> =>
    openSsh(address, {pinned: hostKey, acceptNew, knownHostsFile, ask, signal, again})
  const name = `${formatHostAddress(address)} ${stateDir}`
  const pinnedTo = (key: string): string => `${name} ${key}`
  // Whoever wants one key alone may share with one who is content with it; not the other way round.
  const wanted = hostKey === null ? name : pinnedTo(hostKey)
  const lent = await lend(wanted, open, opened => pinnedTo(opened.hostKey), context)
  return {transport: sshTransport(lent), hostKey: lent.hostKey}
}
