import type {Duplex} from 'node:stream'
import {setTimeout as sleep} from 'node:timers/promises'

import {NodeSSH, type Config} from 'node-ssh'
import type {AnyAuthMethod, ClientChannel, PseudoTtyOptions} from 'ssh2'

import {throwIfAborted, type CrabboxError} from '../../core/errors.js'
import {formatHostAddress} from './address.js'
import {connectionEnded, endingOf} from './ending.js'
import {connectionLost, hostUnreachable, sessionRefused} from './failures.js'
import {firstAnswer} from './first-answer.js'
import {openGate} from './gate.js'
import type {HostKeyCheck} from './host-key.js'
import {lifeline, type Lifeline} from './lifeline.js'
import {shells, type Shell} from './shells.js'

export interface ConnectionOptions {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly methods: readonly AnyAuthMethod[]
  readonly hostKey: HostKeyCheck
  /** What to speak through instead of a connection of our own. */
  readonly sock?: Duplex | undefined
  /** True where the host was given up a moment ago, and only cleaning up is left to do. Default: false. */
  readonly again?: boolean | undefined
  /** True where the host let us in a moment ago, and gave no shell. Default: false. */
  readonly silent?: boolean | undefined
  /** The error for a host that accepts none of the methods. */
  readonly refused: (target: string) => CrabboxError
}

/** An authenticated connection to one host. */
export interface Connection {
  /** `user@host:port`, for people. */
  readonly target: string
  /** A shell that waits for its command. */
  readonly shell: () => Promise<Shell>
  /** Runs a line in the user's login shell, on a terminal. Waits while the server bears no more channels. */
  readonly exec: (line: string, pty: PseudoTtyOptions | undefined) => Promise<ClientChannel>
  readonly lifeline: Lifeline
  /** Whether answers take long. */
  readonly distant: () => Promise<boolean>
  /** Opens a way to another host, seen from this one. */
  readonly tunnel: (host: string, port: number) => Promise<Duplex>
  /** Why the connection was lost; null while it is not, or when nobody said. */
  readonly failure: () => Error | null
  readonly closed: () => boolean
  readonly close: () => void
  /** Ends it without a word: for a host that does not answer. */
  readonly abandon: () => void
  readonly abandoned: () => boolean
}

/** Milliseconds until a host that does not answer is given up; and one that has not answered just before. */
const TIMEOUT = {first: 20_000, again: 3000}

/** The same for one that lets us in, until its first channel is open, and until a shell has come to our command: a profile may take its time. */
const PATIENCE = {first: 30_000, again: 3000}

/** A host that says nothing for this long is asked for a sign of life, in milliseconds, and given up after so many. */
const KEEPALIVE = {keepaliveInterval: 15_000, keepaliveCountMax: 4}

/** Milliseconds that a host gets to end shells that are not needed. */
const ROOM = 300

/** With hardware for AES these are twice as fast as the default; a server without them ignores the wish. */
const CIPHERS = ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com'] as const

/**
 * Connects and authenticates. The host's key is checked before anything is offered to it.
 * @throws {CrabboxError} `HOST_UNREACHABLE`, `SSH_AUTH_FAILED`, and what the check of the host's key throws
 */
export async function openConnection(options: ConnectionOptions, signal: AbortSignal): Promise<Connection> {
  throwIfAborted(signal)
  const {host, port, user, methods, hostKey, sock, again = false, silent = false, refused} = options
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
    throw refusal ?? (isAuthentication(error) ? refused(target) : hostUnreachable(target, error))
  } finally {
    signal.removeEventListener('abort', stop)
  }

  const login = performance.now() - shaken
  const client = ssh.connection
  if (client === null) throw hostUnreachable(target, new Error('it hung up at once'))
  let failure: Error | null = null
  let abandoned = false
  client.on('error', error => (failure ??= error))
  const channels = new Set<ClientChannel>()
  client.once('close', () => channels.forEach(connectionEnded))
  const closed = (): boolean => abandoned || failure !== null || ssh.connection === null
  const abandon = (): void => {
    abandoned = true
    client.destroy()
  }
  const patience = silent ? PATIENCE.again : PATIENCE.first
  const answer = firstAnswer(
    why => {
      failure ??= new Error(why)
      abandon()
      return connectionLost(target, failure)
    },
    login,
    patience,
  )
  const ask = (line: string, pty?: PseudoTtyOptions): Promise<ClientChannel> =>
    new Promise((resolve, reject) => {
      if (closed()) reject(connectionLost(target, failure))
      else
        client.exec(line, pty === undefined ? {} : {pty}, (error, channel) => {
          if (error !== undefined) {
            reject(closed() ? connectionLost(target, failure) : sessionRefused(target, error))
            return
          }

          channels.add(channel)
          void endingOf(channel).then(() => channels.delete(channel))
          resolve(channel)
        })
    })
  const open = (line: string, pty?: PseudoTtyOptions): Promise<ClientChannel> => answer.wait(ask(line, pty))
  const line = lifeline(text =>
    open(text).catch(async (error: unknown) => {
      if (closed()) throw error
      // Shells that only wait may have taken its place.
      spares.drop()
      await sleep(ROOM, undefined, {ref: false})
      return open(text)
    }),
  )
  const gate = openGate(line.giveUp, isDropbear(client))
  // What ends commands whose client is gone needs a channel of its own, and comes first.
  const wantsMany = async (): Promise<boolean> => line.isOpen() && (await answer.distant())
  const spares = shells({target, gate, open, closed, abandon, patience, failure: () => failure, wantsMany})
  return {
    target,
    shell: spares.take,
    exec: (line, pty) => {
      spares.drop()
      return gate.enter(() => open(line, pty))
    },
    lifeline: line,
    distant: answer.distant,
    tunnel: (to, at) => answer.wait(ssh.forwardOut('127.0.0.1', 0, to, at)),
    failure: () => failure,
    closed,
    close: () => ssh.dispose(),
    abandon,
    abandoned: () => abandoned,
  }
}

const isAuthentication = (error: unknown): boolean =>
  error instanceof Error && 'level' in error && error.level === 'client-authentication'

/**
 * Dropbear 2022.83 at times ends a connection on which one session is opened while another closes: its assertion `!sent_close` fails. ssh2 has
 * no public word for what the server calls itself; where this one is gone, nothing but that remains.
 */
const isDropbear = (client: object): boolean => String(Reflect.get(client, '_remoteVer')).startsWith('dropbear')
