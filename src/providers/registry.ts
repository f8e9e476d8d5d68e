import {configError, CrabboxError, notFoundError, reasonOf} from '../core/errors.js'
import type {Provider, ProviderDescriptor, ProviderRegistrar} from '../core/provider.js'
import {descriptorDefect, providerDefect} from './defects.js'

/** All providers that this program knows, built-in and third-party alike. */
export interface Registry extends ProviderRegistrar {
  /** In order of registration, those of plugins last. Loads no provider. */
  readonly list: () => Promise<readonly ProviderDescriptor[]>
  /** Plugins are asked only for a name that nobody has registered yet. Null: there is none. */
  readonly find: (name: string) => Promise<ProviderDescriptor | null>
  /**
   * Loads a provider, once.
   * @throws {CrabboxError} `PROVIDER_UNKNOWN`, `PROVIDER_LOAD_FAILED`, `PROVIDER_INVALID`
   */
  readonly get: (name: string) => Promise<Provider>
}

/** @param askPlugins registers what plugins bring. Called at most once, and only when it can matter. Never rejects. */
export function createRegistry(
  askPlugins: (registrar: ProviderRegistrar) => Promise<void> = async () => undefined,
): Registry {
  const descriptors = new Map<string, ProviderDescriptor>()
  const loaded = new Map<string, Promise<Provider>>()
  const registrar: ProviderRegistrar = {
    register: descriptor => {
      const defect = descriptorDefect(descriptor)
      if (defect !== null) throw defect
      if (descriptors.has(descriptor.name)) throw duplicate(descriptor.name)
      descriptors.set(descriptor.name, descriptor)
    },
  }
  let asked: Promise<void> | undefined
  const everything = (): Promise<void> => (asked ??= askPlugins(registrar))
  const find = async (name: string): Promise<ProviderDescriptor | null> => {
    if (!descriptors.has(name)) await everything()
    return descriptors.get(name) ?? null
  }

  return {
    ...registrar,
    find,
    list: async () => {
      await everything()
      return [...descriptors.values()]
    },
    get: async name => {
      const descriptor = await find(name)
      if (descriptor === null) throw unknown(name, [...descriptors.keys()])
      const provider = loaded.get(name) ?? load(descriptor)
      loaded.set(name, provider)
      return provider
    },
  }
}

async function load(descriptor: ProviderDescriptor): Promise<Provider> {
  const {name} = descriptor
  let provider: Provider
  try {
    provider = await descriptor.load()
  } catch (error) {
    if (error instanceof CrabboxError) throw error
    throw configError(
      'PROVIDER_LOAD_FAILED',
      `the provider ${name} cannot be loaded: ${firstLineOf(error)}`,
      'Update or uninstall the plugin that brings it.',
      error,
    )
  }

  const defect = providerDefect(provider, name)
  if (defect !== null) throw defect
  return provider
}

/** Node adds the stack of requires to what it says of a missing module. */
const firstLineOf = (error: unknown): string => reasonOf(error).split('\n', 1)[0] ?? ''

const duplicate = (name: string): CrabboxError =>
  configError(
    'PROVIDER_DUPLICATE',
    `there is a provider named ${name} already`,
    'Uninstall one of the plugins that bring it with crabbox plugins uninstall.',
  )

const unknown = (name: string, known: readonly string[]): CrabboxError =>
  notFoundError(
    'PROVIDER_UNKNOWN',
    `there is no provider named ${JSON.stringify(name)}`,
    `Known are: ${known.join(', ')}. Others come with crabbox plugins install.`,
  )
