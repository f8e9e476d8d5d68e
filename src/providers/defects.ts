import {CONTRACT} from '../core/contract.js'
import {configError, type CrabboxError} from '../core/errors.js'
import type {Provider, ProviderDescriptor} from '../core/provider.js'
import {TIERS} from '../core/tier.js'

const NAME = /^[a-z][a-z0-9-]{0,39}$/

/** What is wrong with a descriptor, or null. A plugin may be plain JavaScript: its types promise nothing. */
export function descriptorDefect(descriptor: ProviderDescriptor): CrabboxError | null {
  if (!isObject(descriptor) || typeof descriptor.name !== 'string' || !NAME.test(descriptor.name))
    return configError(
      'PROVIDER_NAME_INVALID',
      `${JSON.stringify(isObject(descriptor) ? descriptor.name : descriptor)} cannot be a provider's name`,
      'Use lower-case letters, digits and hyphens.',
    )
  const {name, summary, contract, load} = descriptor
  if (typeof summary !== 'string' || typeof load !== 'function')
    return invalid(name, 'is registered without summary or load')
  if (!Number.isInteger(contract)) return invalid(name, 'does not say for which contract of Crabbox it was written')
  if (contract <= CONTRACT) return null
  return configError(
    'PROVIDER_CONTRACT',
    `the provider ${name} was written for contract ${contract} of Crabbox, and this version has ${CONTRACT}`,
    'Update crabbox, or install an older version of the plugin.',
  )
}

/** What is wrong with what was loaded for a name, or null. */
export function providerDefect(provider: Provider, name: string): CrabboxError | null {
  if (!isObject(provider) || !isObject(provider.tiers) || !isObject(provider.leases))
    return invalid(name, 'is no provider')
  if (provider.name !== name) return invalid(name, `calls itself ${provider.name}`)
  const missing = ['acquire', 'connect', 'status', 'release'].find(key => !isFunction(provider.leases, key))
  if (missing !== undefined) return invalid(name, `has no leases.${missing}`)
  const uncallable = OPTIONAL.find(key => provider.leases[key] !== undefined && !isFunction(provider.leases, key))
  if (uncallable !== undefined) return invalid(name, `has a leases.${uncallable} that is no function`)
  const tiers = Object.keys(provider.tiers)
  if (tiers.length === 0) return invalid(name, 'serves no tier')
  const strange = tiers.find(tier => !(TIERS as readonly string[]).includes(tier))
  if (strange !== undefined) return invalid(name, `declares the tier ${strange}, which is none of ${TIERS.join(', ')}`)
  for (const [tier, handlers] of Object.entries(provider.tiers)) {
    const unserved = HANDLERS.find(key => !isFunction(handlers, key))
    if (unserved !== undefined) return invalid(name, `declares the tier ${tier} without ${unserved}`)
    if (!isObject(handlers.guarantees)) return invalid(name, `declares the tier ${tier} without guarantees`)
  }

  const unserved = Object.keys(provider.restores ?? {}).find(tier => !tiers.includes(tier))
  return unserved === undefined ? null : invalid(name, `restores the tier ${unserved}, which it does not serve`)
}

const OPTIONAL = ['dial', 'shareHost', 'list', 'plan', 'settled', 'heal'] as const

const HANDLERS = ['probe', 'create', 'fork', 'delete', 'verify'] as const

const invalid = (name: string, problem: string): CrabboxError =>
  configError('PROVIDER_INVALID', `the provider ${name} ${problem}`, 'Update or uninstall the plugin that brings it.')

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null

const isFunction = (holder: unknown, key: string): boolean =>
  isObject(holder) && typeof (holder as Record<string, unknown>)[key] === 'function'
