import {configError} from '../../core/errors.js'
import type {ProviderDescriptor} from '../../core/provider.js'
import type {Settings} from '../../core/settings.js'
import {invalid} from './invalid.js'
import {entriesOf, readMap, textOf, type Read, type Readers} from './values.js'
import type {Value} from './yaml.js'

/** What a file says for each provider. */
export type ProviderSettings = Readonly<Record<string, Settings>>

/**
 * Reads the map `providers`: for each provider its own keys. What stands there for one that is not installed, or cannot be loaded
 * now, is only told of: a plugin must not be in the way of the commands that do without it.
 */
export const readProviders =
  (providers: readonly ProviderDescriptor[], warn: (message: string) => void): Read<ProviderSettings> =>
  (value, name) =>
    Object.fromEntries(
      entriesOf(value, name).flatMap(({key, place, value: inner}) => {
        const provider = providers.find(known => known.name === key)
        if (provider?.settings !== undefined) return [[key, readSettings(provider, inner, `${name}.${key}`)]]
        const allowed = providers.filter(known => known.settings !== undefined).map(known => known.name)
        const problem = invalid(
          place,
          `nothing can be set for a provider ${JSON.stringify(key)}; allowed are ${allowed.join(', ')}`,
        )
        if (provider !== undefined) throw problem
        warn(problem.message)
        return []
      }),
    )

function readSettings({settings = {}}: ProviderDescriptor, value: Value, name: string): Settings {
  const readers: Readers<Record<string, string>> = Object.fromEntries(
    Object.entries(settings).map(([key, {pattern, allowed}]): [string, Read<string>] => [
      key,
      (inner, where) => textOf(asText(inner), where, text => pattern.test(text), allowed),
    ]),
  )
  return readMap(value, name, readers) as Settings
}

/** YAML takes a bare number for a number. */
const asText = (value: Value): Value =>
  value.kind === 'scalar' && typeof value.value === 'number' ? {...value, value: String(value.value)} : value

/** The variable of the environment that comes before a file, such as `CRABBOX_AWS_SSH_FROM` for `sshFrom`. */
export const variableOf = (provider: string, key: string): string =>
  `CRABBOX_${provider}_${key.replaceAll(/[A-Z]/g, letter => `_${letter}`)}`.replaceAll('-', '_').toUpperCase()

/**
 * What the environment says for a provider.
 * @throws {CrabboxError} `SETTING_INVALID`
 */
export function settingsFromEnvironment({name, settings = {}}: ProviderDescriptor, env: NodeJS.ProcessEnv): Settings {
  const found: Record<string, string> = {}
  for (const [key, {pattern, allowed}] of Object.entries(settings)) {
    const variable = variableOf(name, key)
    const value = env[variable]
    if (value === undefined || value === '') continue
    if (!pattern.test(value))
      throw configError(
        'SETTING_INVALID',
        `${variable} is ${JSON.stringify(value)}; ${allowed}`,
        'Mend it, or unset it.',
      )
    found[key] = value
  }

  return found
}
