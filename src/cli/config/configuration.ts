import {homedir} from 'node:os'
import {isAbsolute, join} from 'node:path'

import {CrabboxError} from '../../core/errors.js'
import type {ConfiguredHost} from '../../core/host.js'
import {MACHINE_CLASSES, type MachineClass} from '../../core/lease.js'
import type {Environment} from '../../operations/environment.js'
import {checkoutRoot} from '../../operations/repository.js'
import {parseDuration} from '../duration.js'
import {readHosts} from './hosts.js'
import {invalid} from './invalid.js'
import {readMap, textOf, TOP, type Read, type Readers} from './values.js'
import {readYaml} from './yaml.js'

/** What configuration files say: defaults of new leases, and hosts. What none of them names is not there. */
export interface Configuration {
  readonly provider?: string
  readonly class?: MachineClass
  /** As it was written, such as `12h`. */
  readonly ttl?: string
  readonly hosts?: readonly ConfiguredHost[]
}

type Where = Pick<Environment, 'cwd' | 'registry'>

/**
 * What the repository's file and the user's say together; for each key the repository's comes first.
 * @throws {CrabboxError} `CONFIG_INVALID`
 */
export async function loadConfiguration(where: Where, env: NodeJS.ProcessEnv): Promise<Configuration> {
  const [user, repository] = await Promise.all([
    readConfiguration(userFile(env), readHosts, where),
    checkoutRoot(where.cwd).then(root =>
      readConfiguration(join(root ?? where.cwd, '.crabbox.yaml'), refuseHosts, where),
    ),
  ])
  return {...user, ...repository}
}

/**
 * The hosts that the user's file names: all that commands need which make no lease from nothing.
 * @throws {CrabboxError} `CONFIG_INVALID`
 */
export async function loadHosts(where: Where, env: NodeJS.ProcessEnv): Promise<readonly ConfiguredHost[]> {
  const {hosts = []} = await readConfiguration(userFile(env), readHosts, where)
  return hosts
}

async function readConfiguration(
  file: string,
  hosts: Read<readonly ConfiguredHost[]>,
  {registry}: Where,
): Promise<Configuration> {
  const providers = registry.list().map(({name}) => name)
  const readers: Readers<Configuration> = {
    provider: (value, name) => oneOf(providers)(value, name),
    class: oneOf(MACHINE_CLASSES),
    ttl: (value, name) => textOf(value, name, isDuration, 'write a number and a unit: 90s, 30m, 12h, 7d or 2w'),
    hosts,
  }
  const value = await readYaml(file)
  return value === null ? {} : readMap<Configuration>(value, TOP, readers)
}

/** Where the user's own file is: below `$XDG_CONFIG_HOME`, where that is absolute as it has to be. */
function userFile(env: NodeJS.ProcessEnv): string {
  const base = env['XDG_CONFIG_HOME']
  return join(base !== undefined && isAbsolute(base) ? base : join(homedir(), '.config'), 'crabbox', 'config.yaml')
}

const oneOf =
  <T extends string>(allowed: readonly T[]): Read<T> =>
  (value, name) =>
    textOf(value, name, text => (allowed as readonly string[]).includes(text), `allowed are ${allowed.join(', ')}`) as T

const refuseHosts: Read<never> = ({place}) => {
  throw invalid(
    place,
    'a repository must not choose where your files go, so its file cannot have hosts; allowed are provider, class, ttl',
  )
}

function isDuration(text: string): boolean {
  try {
    return parseDuration(text) >= 0
  } catch (error) {
    if (error instanceof CrabboxError) return false
    throw error
  }
}
