import {appendFile, mkdir} from 'node:fs/promises'
import {dirname} from 'node:path'
import type {Duplex} from 'node:stream'

import type {Ask} from '../../core/ask.js'
import {configError, CrabboxError, throwIfAborted} from '../../core/errors.js'
import {formatHostAddress, parseHostAddress, type HostAddress} from './address.js'
import {openConnection, type Connection} from './connection.js'
import {findCredentials} from './credentials.js'
import {authFailed, hostUnreachable} from './failures.js'
import {checkHostKey, HOST_KEY_UNKNOWN, knownName} from './host-key.js'
import {readKnownHosts} from './known-hosts.js'
import {resolveTarget, type SshTarget} from './target.js'

export interface OpenOptions {
  /** The only key of the host that will do, such as `ssh-ed25519 AAAA…`; null: what the known hosts say. */
  readonly pinned: string | null
  /** Whether a host that nobody knows is believed. One whose key has changed never is. */
  readonly acceptNew: boolean
  /** Where keys that were accepted are kept, beside the user's own files; null: nowhere. */
  readonly knownHostsFile: string | null
  readonly ask: Ask | null
  /** True where the host was given up a moment ago, and is not waited for long. Default: false. */
  readonly again?: boolean
  /** True where the host let us in a moment ago, and gave no shell. Default: false. */
  readonly silent?: boolean
  /** Resolves when somebody needs the connection: before, no agent is asked, which may ask the user. Default: somebody does. */
  readonly wanted?: Promise<void>
  /** The hosts that are being connected to through this one, the last one first. Default: none. */
  readonly behind?: readonly string[]
  readonly signal: AbortSignal
}

/** A connection, and the key that its host has shown. */
export interface Opened {
  readonly connection: Connection
  readonly hostKey: string
}

/**
 * Connects as the user's ssh configuration says, through other hosts where it says so.
 * @throws {CrabboxError} what `openTarget` throws, and `SSH_CONFIG_INVALID`, `PROXY_COMMAND_UNSUPPORTED`
 * @param through the hosts to go through, where the configuration is not to say
 */
export async function openSsh(
  address: HostAddress,
  options: OpenOptions,
  through?: readonly string[],
): Promise<Opened> {
  const name = formatHostAddress(address)
  const {behind = [], signal} = options
  throwIfAborted(signal)
  if (behind.includes(name))
    throw configError(
      'SSH_CONFIG_INVALID',
      `the way to ${behind.at(-1)} leads through ${name}, and the way to that through ${behind[0]}: it has no beginning`,
      'Mend ProxyJump in ~/.ssh/config; Match and ! keep a pattern from a host that it should not mean.',
    )
  return openTarget(await resolveTarget(address), {...options, behind: [name, ...behind]}, through)
}

/**
 * Connects to a host, whatever the user's ssh configuration says of it. What is missing, a passphrase or
 * the word that a new key is right, is asked for between two attempts: no server has to wait for an answer.
 * @throws {CrabboxError} `HOST_UNREACHABLE`, `SSH_AUTH_FAILED`, `HOST_KEY_UNKNOWN`, `HOST_KEY_CHANGED`, `HOST_KEY_REVOKED`,
 * `KNOWN_HOSTS_UNREADABLE`
 */
export async function openTarget(
  target: SshTarget,
  options: OpenOptions,
  through?: readonly string[],
): Promise<Opened> {
  const {host, port, user} = target
  const name = knownName(host, port, target.keyAlias)
  const {knownHostsFile, signal, wanted = Promise.resolve()} = options
  const known = await readKnownHosts([...target.knownHosts, ...(knownHostsFile === null ? [] : [knownHostsFile])])
  const passphrases = new Map<string, string>()
  let {pinned} = options
  for (;;) {
    const {methods, locked, unusable, tried} = await findCredentials(target, {passphrases, wanted, signal})
    const hostKey = checkHostKey({name, known, pinned})
    const way = await wayThrough(through ?? target.jumps, host, port, options)
    try {
      const misspelt = locked.filter(file => passphrases.has(file))
      const unopened = locked.filter(file => !passphrases.has(file))
      const refused = (where: string): CrabboxError => authFailed(where, {tried, locked: unopened, misspelt, unusable})
      const connection = await openConnection(
        {host, port, user, methods, hostKey, refused, sock: way?.sock, again: options.again, silent: options.silent},
        options.signal,
      )
      return {connection: way === null ? connection : closingToo(connection, way.close), hostKey: hostKey.shown()}
    } catch (error) {
      way?.close()
      if (!(error instanceof CrabboxError)) throw error
      if (error.code === HOST_KEY_UNKNOWN && (await isAccepted(error.message, options))) {
        pinned = hostKey.shown()
        if (knownHostsFile !== null) await remember(knownHostsFile, name, pinned)
      } else if (error.code !== 'SSH_AUTH_FAILED' || !(await unlock(locked, passphrases, options.ask))) throw error
    }
  }
}

async function isAccepted(what: string, {acceptNew, ask}: OpenOptions): Promise<boolean> {
  return acceptNew || (ask !== null && (await ask.confirm(`${what}. Connect, and remember it?`)))
}

async function remember(file: string, name: string, key: string): Promise<void> {
  await mkdir(dirname(file), {recursive: true, mode: 0o700})
  await appendFile(file, `${name} ${key}\n`, {mode: 0o600})
}

/** Asks for the passphrase of the first key that is locked. False when there is none, or nobody to ask. */
async function unlock(locked: readonly string[], passphrases: Map<string, string>, ask: Ask | null): Promise<boolean> {
  const file = locked.find(name => !passphrases.has(name))
  if (file === undefined || ask === null) return false
  passphrases.set(file, await ask.secret(`Passphrase of ${file}:`))
  return true
}

interface Way {
  readonly sock: Duplex
  readonly close: () => void
}

/** Connects to the hosts on the way, each through the one before it. */
async function wayThrough(
  jumps: readonly string[],
  host: string,
  port: number,
  options: OpenOptions,
): Promise<Way | null> {
  const last = jumps.at(-1)
  if (last === undefined) return null
  const before = jumps.slice(0, -1)
  // The first host may have a way of its own in the configuration; for the others the user has written it here.
  const {connection} = await openSsh(
    parseHostAddress(last.replace(/^ssh:\/\//, '')),
    {...options, pinned: null},
    before.length === 0 ? undefined : before,
  )
  const {signal} = options
  signal.addEventListener('abort', connection.abandon, {once: true})
  try {
    return {sock: await connection.tunnel(host, port), close: connection.close}
  } catch (error) {
    connection.close()
    throwIfAborted(signal)
    throw hostUnreachable(`${host}:${port} through ${connection.target}`, error)
  } finally {
    signal.removeEventListener('abort', connection.abandon)
  }
}

const closingToo = (connection: Connection, close: () => void): Connection => ({
  ...connection,
  close: () => {
    connection.close()
    close()
  },
})
