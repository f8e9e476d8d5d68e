import type {Duplex} from 'node:stream'

import {NodeSSH, type Config} from 'node-ssh'
import type {AnyAuthMethod, Client} from 'ssh2'

import {reasonOf, throwIfAborted, type CrabboxError} from '../../core/errors.js'
import {formatHostAddress} from './address.js'
import {hostUnreachable, tooManyKeys} from './failures.js'
import type {HostKeyCheck} from './host-key.js'

/** What it takes to be let in by a host. */
export interface LoginOptions {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly methods: readonly AnyAuthMethod[]
  readonly hostKey: HostKeyCheck
  /** What to speak through instead of a connection of our own. */
  readonly sock?: Duplex | undefined
  /** True where the host was given up a moment ago, and only cleaning up is left to do. Default: false. */
  readonly again?: boolean | undefined
  /** The error for a host that accepts none of the methods. */
  readonly refused: (target: string) => CrabboxError
}

/** A host that has let us in. */
export interface Login {
  readonly ssh: NodeSSH
  /** What `ssh` has until it is closed. */
  readonly client: Client
  /** `user@host:port`, for people. */
  readonly target: string
  /** Milliseconds from the exchange of keys until it had let us in. */
  readonly took: number
}

/** Milliseconds until a host that does not answer is given up; and one that has not answered just before. */
const TIMEOUT = {first: 20_000, again: 3000}

/** A host that says nothing for this long is asked for a sign of life, in milliseconds, and given up after so many. */
const KEEPALIVE = {keepaliveInterval: 15_000, keepaliveCountMax: 4}

/** With hardware for AES these are twice as fast as the default; a server without them ignores the wish. */
const CIPHERS = ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com'] as const

/**
 * Connects and authenticates. The host's key is checked before anything is offered to it.
 * @throws {CrabboxError} `HOST_UNREACHABLE`, `SSH_AUTH_FAILED`, and what the check of the host's key throws
 */
export async function logIn(
  {host, port, user, methods, hostKey, sock, again = false, refused}: LoginOptions,
  signal: AbortSignal,
): Promise<Login> {
  throwIfAborted(signal)
  const target = formatHostAddress({user, host, port})
  const ssh = new NodeSSH()
  let refusal: CrabboxError | null = null
  const config: Config = {
    host,
    port,
    username: user,
    authHandler: [...methods],
    readyTimeout: again ? TIMEOUT.again : TIMEOUT.first,
    ...KEEPALIVE,
    ...(sock === undefined ? {} : {sock}),
    algorithms: {cipher: {prepend: [...CIPHERS], append: [], remove: []}, ...hostKey.algorithms},
    hostVerifier: (key: Buffer): boolean => {
      refusal = hostKey.check(key)
      return refusal === null
    },
  }
  // node-ssh sets `connection` before it is ready, so that waiting can be ended.
  const stop = (): void => void ssh.connection?.destroy()
  signal.addEventListener('abort', stop, {once: true})
  let shaken = Infinity
  try {
    const connecting = ssh.connect(config)
    ssh.connection?.once('handshake', () => (shaken = performance.now()))
    // Small messages go back and forth; held back to be sent together, each would cost 40 ms.
    ssh.connection?.setNoDelay(true)
    await connecting
  } catch (error) {
    throwIfAborted(signal)
    throw refusal ?? (isAuthentication(error) ? refused(target) : failed(target, error))
  } finally {
    signal.removeEventListener('abort', stop)
  }

  const took = performance.now() - shaken
  const client = ssh.connection
  if (client === null) throw hostUnreachable(target, new Error('it hung up at once'))
  return {ssh, client, target, took}
}

const failed = (target: string, error: unknown): CrabboxError =>
  reasonOf(error).includes('Too many authentication failures') ? tooManyKeys(target) : hostUnreachable(target, error)

const isAuthentication = (error: unknown): boolean =>
  error instanceof Error && 'level' in error && error.level === 'client-authentication'
