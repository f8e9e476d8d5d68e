import {configError, CrabboxError, notFoundError, reasonOf, usageError} from '../core/errors.js'
import type {Provider, ProviderDescriptor, ProviderRegistrar} from '../core/provider.js'
import {TIERS} from '../core/tier.js'

/** All providers that this program knows, built-in and third-party alike. */
export interface Registry extends ProviderRegistrar {
  /** In order of registration. Loads nothing. */
  readonly list: () => readonly ProviderDescriptor[]
  /** Loads a provider, once. Throws `PROVIDER_UNKNOWN`, `PROVIDER_LOAD_FAILED`, `PROVIDER_INVALID`. */
  readonly get: (name: string) => Promise<Provider>
}

const NAME = /^[a-z][a-z0-9-]{0,39}$/

export function createRegistry(): Registry {
  const descriptors = new Map<string, ProviderDescriptor>()
  const loaded = new Map<string, Promise<Provider>>()
  return {
    register: descriptor => {
      if (!NAME.test(descriptor.name)) {
        throw configError(
          'PROVIDER_NAME_INVALID',
          `${JSON.stringify(descriptor.name)} cannot be a provider's name`,
          'Use lower-case letters, digits and hyphens.',
        )
      }

      if (descriptors.has(descriptor.name)) {
        throw configError(
          'PROVIDER_DUPLICATE',
          `two plugins register a provider named ${descriptor.name}`,
          'Uninstall one of them with crabbox plugins uninstall.',
        )
      }

      descriptors.set(descriptor.name, descriptor)
    },
    list: () => [...descriptors.values()],
    get: async name => {
      const descriptor = descriptors.get(name)
      if (descriptor === undefined) throw unknown(name, [...descriptors.keys()])
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
      `the provider ${name} cannot be loaded: ${reasonOf(error)}`,
      'Update or uninstall the plugin that brings it.',
      error,
    )
  }

  const problem = defectOf(provider, name)
  if (problem === null) return provider
  throw configError(
    'PROVIDER_INVALID',
    `the provider ${name} ${problem}`,
    'Update or uninstall the plugin that brings it.',
  )
}

function defectOf(provider: Provider, name: string): string | null {
  if (!isObject(provider) || !isObject(provider.tiers) || !isObject(provider.leases)) return 'is no provider'
  if (provider.name !== name) return `calls itself ${provider.name}`
  const tiers = Object.keys(provider.tiers)
  if (tiers.length === 0) return 'serves no tier'
  const strange = tiers.find(tier => !(TIERS as readonly string[]).includes(tier))
  if (strange !== undefined) return `declares the tier ${strange}, which is none of ${TIERS.join(', ')}`
  const unserved = Object.keys(provider.restores ?? {}).find(tier => !tiers.includes(tier))
  return unserved === undefined ? null : `restores the tier ${unserved}, which it does not serve`
}

/** A plugin may be plain JavaScript: its types promise nothing. */
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null

const unknown = (name: string, known: readonly string[]): CrabboxError =>
  notFoundError(
    'PROVIDER_UNKNOWN',
    `there is no provider named ${JSON.stringify(name)}`,
    `Known are: ${known.join(', ')}. Others come with crabbox plugins install.`,
  )

/** The refusal of a tier that a provider does not serve. */
export const tierUnsupported = (provider: Provider, tier: string): CrabboxError =>
  usageError(
    'TIER_UNSUPPORTED',
    `the provider ${provider.name} cannot make or use ${tier} checkpoints`,
    `It serves: ${Object.keys(provider.tiers).join(', ')}.`,
  )
