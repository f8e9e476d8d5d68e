import {homedir} from 'node:os'

import {configError} from '../../core/errors.js'
import {userName} from '../../core/this-user.js'
import type {HostAddress} from './address.js'
import {configFile, expandHome, settingsOf, type HostSettings} from './user-config.js'

/** All that is needed to connect to a host, after the ssh configuration was asked. */
export interface SshTarget {
  readonly host: string
  readonly port: number
  readonly user: string
  /** Private keys, in the order in which they are offered. Some may not exist. */
  readonly keyFiles: readonly string[]
  /** Whether the agent may offer other keys than those in `keyFiles`. */
  readonly onlyKeyFiles: boolean
  /** The agent's socket; null: none. */
  readonly agent: string | null
  readonly knownHosts: readonly string[]
  /** The name under which the host's key is known, where it is not its own. */
  readonly keyAlias: string | null
  /** Hosts to connect through, the first one first, as the user wrote them. */
  readonly jumps: readonly string[]
}

const DEFAULT_KEYS = ['~/.ssh/id_ed25519', '~/.ssh/id_ecdsa', '~/.ssh/id_rsa']
const USER_KNOWN_HOSTS = ['~/.ssh/known_hosts', '~/.ssh/known_hosts2']
const GLOBAL_KNOWN_HOSTS = ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2']

/**
 * What the user's ssh configuration makes of an address.
 * @throws {CrabboxError} `SSH_CONFIG_INVALID`, `PROXY_COMMAND_UNSUPPORTED`
 */
export async function resolveTarget(address: HostAddress, env: NodeJS.ProcessEnv = process.env): Promise<SshTarget> {
  const settings = await settingsOf(address.host, address.user)
  const one = (name: string): string | undefined => settings.get(name)?.[0]
  const user = address.user ?? one('user') ?? userName()
  const host = (one('hostname') ?? address.host).replaceAll('%h', address.host)
  const expand = (path: string): string => expandTokens(expandHome(path), {host, user})
  const files = (name: string, fallback: readonly string[]): string[] => {
    return (settings.get(name) ?? fallback).filter(path => path !== 'none').map(expand)
  }

  refuseProxyCommand(address.host, settings)
  const jump = one('proxyjump') ?? 'none'
  return {
    host,
    port: address.port ?? configuredPort(one('port')),
    user,
    keyFiles: files('identityfile', DEFAULT_KEYS),
    onlyKeyFiles: one('identitiesonly') === 'yes',
    agent: agentOf(one('identityagent'), expand, env),
    knownHosts: [
      ...files('userknownhostsfile', USER_KNOWN_HOSTS),
      ...files('globalknownhostsfile', GLOBAL_KNOWN_HOSTS),
    ],
    keyAlias: one('hostkeyalias') ?? null,
    jumps: jump === 'none' ? [] : jump.split(','),
  }
}

/** A host that is reached with one key alone, whatever the user's ssh configuration says of it. */
export const onlyWithKey = ({host, port, user}: HostAddress, keyFile: string): SshTarget => ({
  host,
  port: port ?? 22,
  user: user ?? userName(),
  keyFiles: [keyFile],
  onlyKeyFiles: true,
  agent: null,
  knownHosts: [],
  keyAlias: null,
  jumps: [],
})

function configuredPort(text: string | undefined): number {
  const port = Number(text ?? 22)
  if (Number.isInteger(port) && port > 0 && port < 65536) return port
  throw configError('SSH_CONFIG_INVALID', `${configFile()} has a Port ${text}`, 'Mend that file.')
}

function agentOf(
  configured: string | undefined,
  expand: (path: string) => string,
  env: NodeJS.ProcessEnv,
): string | null {
  if (configured === 'none') return null
  if (configured === undefined || configured === 'SSH_AUTH_SOCK') return env['SSH_AUTH_SOCK'] || null
  return configured.startsWith('$') ? (env[configured.slice(1)] ?? null) : expand(configured)
}

/** Going straight to a host that is to be reached through a program would be another host, or none. */
function refuseProxyCommand(alias: string, settings: HostSettings): void {
  const command = settings.get('proxycommand')?.[0]
  if (command === undefined || command === 'none' || settings.has('proxyjump')) return
  throw configError(
    'PROXY_COMMAND_UNSUPPORTED',
    `${configFile()} has a ProxyCommand for ${alias}, which crabbox does not run`,
    'Use ProxyJump for that host.',
  )
}

/** The tokens of ssh_config(5) that file names have most. */
const expandTokens = (path: string, {host, user}: {host: string; user: string}): string =>
  path.replace(/%[%dhru]/g, token => {
    if (token === '%d') return homedir()
    if (token === '%h') return host
    if (token === '%r') return user
    return token === '%u' ? userName() : '%'
  })
