import {configError, providerError, reasonOf, type CrabboxError} from '../../core/errors.js'

/** The error for a connection that ended before its work did. */
export const connectionLost = (target: string, cause: Error | null): CrabboxError =>
  providerError(
    'CONNECTION_LOST',
    `the connection to ${target} was lost${cause === null ? '' : `: ${reasonOf(cause)}`}`,
    'Check that the host is up, and run the command again.',
    cause ?? undefined,
  )

/** The error for a server that opens no session. */
export const sessionRefused = (target: string, cause: Error): CrabboxError =>
  providerError(
    'HOST_SESSION_REFUSED',
    `${target} opens no session: ${reasonOf(cause)}`,
    'Look at MaxSessions in the configuration of its SSH server.',
    cause,
  )

/** The error for a login shell that does not run what it is told to. */
export const shellUnusable = (target: string, said: string): CrabboxError =>
  providerError(
    'HOST_SHELL_UNUSABLE',
    `the login shell of ${target} runs no commands${said.trim() === '' ? '' : `: ${said.trim().slice(-200)}`}`,
    'Crabbox needs an account whose shell can run sh. Most can; csh and tcsh cannot be given what it takes.',
  )

/** The error for a host that could not be connected to. */
export const hostUnreachable = (target: string, cause: unknown): CrabboxError => {
  const reason = reasonOf(cause) || 'no answer'
  return providerError(
    'HOST_UNREACHABLE',
    `cannot connect to ${target}: ${reason}`,
    // Somebody is there, in the words of ssh2.
    /lost before handshake|^Handshake failed|^Bad packet/.test(reason)
      ? 'Something answers there, and ends it: an SSH server that takes only so many at once (MaxStartups) or knows other algorithms, or no SSH server at all. Its log tells.'
      : 'Check the name and the port, and that the host is up.',
    cause,
  )
}

/** The error for a host that has not waited for the right key. */
export const tooManyKeys = (target: string): CrabboxError =>
  configError(
    'SSH_AUTH_FAILED',
    `${target} hung up after so many keys that are not the right one`,
    'Name the right one in ~/.ssh/config, with IdentityFile and IdentitiesOnly yes, or take others out of your agent.',
  )

/** What was offered to a host in vain, for people. */
export interface Refused {
  readonly tried: readonly string[]
  /** Key files that nobody has given a passphrase for. */
  readonly locked: readonly string[]
  /** Key files that the passphrase did not open which somebody has given. */
  readonly misspelt: readonly string[]
  /** Key files that hold no private key which could be used. */
  readonly unusable: readonly string[]
}

/** The error for a host that lets nobody in with what there is. */
export const authFailed = (target: string, {tried, locked, misspelt, unusable}: Refused): CrabboxError =>
  configError(
    'SSH_AUTH_FAILED',
    `${target} does not let you in with ${tried.length === 0 ? 'no key, and there is none to offer' : tried.join(', ')}${
      misspelt.length === 0 ? '' : `; the passphrase of ${misspelt.join(', ')} is not the one that was typed`
    }${unusable.length === 0 ? '' : `; no private key can be read from ${unusable.join(', ')}`}`,
    authHint(locked, misspelt),
  )

function authHint(locked: readonly string[], misspelt: readonly string[]): string {
  if (misspelt.length > 0) return 'Type it again, or add the key to your agent with ssh-add.'
  if (locked.length > 0)
    return `${locked.join(', ')} needs a passphrase: add it to your agent with ssh-add, or run this on a terminal.`
  return 'Check the user name, add the right key to your agent, or name it with IdentityFile in ~/.ssh/config.'
}
