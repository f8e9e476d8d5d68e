import {join} from 'node:path'

import {CrabboxError} from '../../core/errors.js'
import type {ConfiguredHost} from '../../core/host.js'
import {MACHINE_CLASSES, type MachineClass} from '../../core/lease.js'
import {silentProgress} from '../../core/progress.js'
import type {Settings} from '../../core/settings.js'
import type {Environment} from '../../operations/environment.js'
import {checkoutRoot} from '../../operations/repository.js'
import {parseDuration} from '../duration.js'
import {readHosts} from './hosts.js'
import {invalid} from './invalid.js'
import {readProviders, settingsFromEnvironment, type ProviderSettings} from './provider-settings.js'
import {userFile} from './user-file.js'
import {readMap, textOf, TOP, type Read, type Readers} from './values.js'
import {readYaml} from './yaml.js'

/** What configuration files say: defaults of new leases, and hosts. What none of them names is not there. */
export interface Configuration {
  readonly provider?: string
  readonly class?: MachineClass
  /** As it was written, such as `12h`. */
  readonly ttl?: string
  readonly hosts?: readonly ConfiguredHost[]
  readonly providers?: ProviderSettings
}

/** Where to look, and whom to tell of what is no error. */
type Where = Pick<Environment, 'cwd' | 'registry'> & Partial<Pick<Environment, 'progress'>>

/**
 * What the repository's file and the user's say together; for each key the repository's comes first.
 * @throws {CrabboxError} `CONFIG_INVALID`
 */
export async function loadConfiguration(where: Where, env: NodeJS.ProcessEnv): Promise<Configuration> {
  const [user, repository] = await Promise.all([
    readConfiguration(userFile(env), 'user', where),
    checkoutRoot(where.cwd).then(root =>
      readConfiguration(join(root ?? where.cwd, '.crabbox.yaml'), 'repository', where),
    ),
  ])
  return {...user, ...repository}
}

/**
 * The hosts that the user's file names: all that commands need which make no lease from nothing.
 * @throws {CrabboxError} `CONFIG_INVALID`
 */
export async function loadHosts(where: Where, env: NodeJS.ProcessEnv): Promise<readonly ConfiguredHost[]> {
  const {hosts = []} = await readConfiguration(userFile(env), 'user', where)
  return hosts
}

/**
 * What the environment and the user's file say for a provider.
 * @throws {CrabboxError} `CONFIG_INVALID`, `SETTING_INVALID`
 */
export async function loadSettings(provider: string, where: Where, env: NodeJS.ProcessEnv): Promise<Settings> {
  const descriptor = await where.registry.find(provider)
  if (descriptor?.settings === undefined) return {}
  const {providers = {}} = await readConfiguration(userFile(env), 'user', where)
  return {...providers[provider], ...settingsFromEnvironment(descriptor, env)}
}

async function readConfiguration(
  file: string,
  whose: 'user' | 'repository',
  {registry, progress = silentProgress}: Where,
): Promise<Configuration> {
  const value = await readYaml(file)
  if (value === null) return {}
  const known = await registry.list()
  const providers = known.map(({name}) => name)
  const own =
    whose === 'user'
      ? {hosts: readHosts, providers: readProviders(known, progress.warn)}
      : {hosts: refuseHosts, providers: refuseProviders}
  const readers: Readers<Configuration> = {
    provider: (value, name) => oneOf(providers)(value, name),
    class: oneOf(MACHINE_CLASSES),
    ttl: (value, name) => textOf(value, name, isDuration, 'write a number and a unit: 90s, 30m, 12h, 7d or 2w'),
    ...own,
  }
  return readMap<Configuration>(value, TOP, readers)
}

const oneOf =
  <T extends string>(allowed: readonly T[]): Read<T> =>
  (value, name) =>
    textOf(value, name, text => (allowed as readonly string[]).includes(text), `allowed are ${allowed.join(', ')}`) as T

const refusal =
  (key: string, because: string): Read<never> =>
  ({place}) => {
    throw invalid(
      place,
      `a repository must not choose ${because}, so its file cannot have ${key}; allowed are provider, class, ttl`,
    )
  }

const refuseHosts = refusal('hosts', 'where your files go')
const refuseProviders = refusal('providers', 'what your accounts are used for')

function isDuration(text: string): boolean {
  try {
    return parseDuration(text) >= 0
  } catch (error) {
    if (error instanceof CrabboxError) return false
    throw error
  }
}
