import type {Context} from '../../core/context.js'
import type {Transport} from '../../core/transport.js'
import {parseHostAddress} from './address.js'
import {openTarget} from './open.js'
import {sharedConnections} from './shared.js'
import {onlyWithKey, resolveTarget} from './target.js'
import {sshTransport} from './transport.js'

/** How a host is reached over SSH. */
export interface SshAccess {
  /** `[user@]host[:port]`; without `keyFile` an alias of the user's ssh configuration will do. */
  readonly address: string
  /**
   * The only private key to offer, as the path of its file. The user's ssh configuration, agent and known hosts are left alone
   * then. Default: what the user's ssh would do.
   */
  readonly keyFile?: string
  /** The only key of the host that will do, such as `ssh-ed25519 AAAA…`. Default: what the known hosts say. */
  readonly hostKey?: string
  /** Whether a host that nobody knows is believed. One that shows another key than before never is. Default: no. */
  readonly acceptNew?: boolean
}

/** A host that was reached. */
export interface SshReached {
  /** To be closed when the work is done. Those who ask for the same host at the same time share a connection. */
  readonly transport: Transport
  /** The key that the host has shown: what to give as `hostKey` the next time. */
  readonly hostKey: string
}

const {lend} = sharedConnections()

/**
 * Connects to a host over SSH.
 * @throws {CrabboxError} `HOST_INVALID`, `HOST_UNREACHABLE`, `SSH_AUTH_FAILED`, `HOST_KEY_UNKNOWN`, `HOST_KEY_CHANGED`,
 * `HOST_KEY_REVOKED`, `KNOWN_HOSTS_UNREADABLE`, `SSH_CONFIG_INVALID`, `PROXY_COMMAND_UNSUPPORTED`
 */
export async function connectSsh(
  access: SshAccess,
  context: Pick<Context, 'signal' | 'ask' | 'done'>,
): Promise<SshReached> {
  const {keyFile, hostKey = null, acceptNew = false} = access
  const address = parseHostAddress(access.address)
  const target = keyFile === undefined ? await resolveTarget(address) : onlyWithKey(address, keyFile)
  const name = JSON.stringify([target, hostKey, acceptNew])
  const lent = await lend(
    name,
    ({again}) =>
      openTarget(target, {
        pinned: hostKey,
        acceptNew,
        knownHostsFile: null,
        ask: context.ask ?? null,
        again,
        signal: context.signal,
      }),
    () => name,
    context,
  )
  return {transport: sshTransport(lent), hostKey: lent.hostKey}
}
