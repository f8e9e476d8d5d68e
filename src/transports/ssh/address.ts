import {usageError} from '../../core/errors.js'

/** A host as the user names it. What is null, the ssh configuration may say. */
export interface HostAddress {
  readonly user: string | null
  /** A name, an alias of the ssh configuration, or an IP address. */
  readonly host: string
  readonly port: number | null
}

// Nothing that a shell, a log or another program could take for more than a name.
const USER = /^[\w.+-][\w.+@\\-]*$/
const HOST = /^[A-Za-z0-9_][\w.-]*$|^[\dA-Fa-f]*:[\dA-Fa-f:.]*:[\dA-Fa-f.]*(%[\w.-]+)?$/

/**
 * Reads `[user@]host[:port]`; an IPv6 address with a port stands in brackets.
 * @throws {CrabboxError} `HOST_INVALID`
 */
export function parseHostAddress(text: string): HostAddress {
  const at = text.lastIndexOf('@')
  const user = at === -1 ? null : text.slice(0, at)
  const rest = text.slice(at + 1)
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(rest) ?? [null, null, rest]
  const host = bracketed ?? plain ?? ''
  const port = digits === undefined ? null : Number(digits)
  const wrong = (user !== null && !USER.test(user)) || !HOST.test(host) || port === 0 || (port ?? 1) > 65535
  if (wrong)
    throw usageError(
      'HOST_INVALID',
      `${JSON.stringify(text)} is no host`,
      'Write it as user@host:port; user and port may be left out.',
    )
  return {user, host, port}
}

/** The same as text. */
export const formatHostAddress = ({user, host, port}: HostAddress): string =>
  `${user === null ? '' : `${user}@`}${host.includes(':') ? `[${host}]` : host}${port === null ? '' : `:${port}`}`
