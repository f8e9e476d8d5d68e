import {Flags} from '@oclif/core'

import {usageError} from '../core/errors.js'
import {MARKETS, type HostChoice, type MachineChoice, type MachineClass, type Market} from '../core/lease.js'
import type {Configuration} from './config/configuration.js'
import {parseDuration} from './duration.js'
import {newLeaseFlags} from './flags.js'

/** The provider that is meant where a host is named and no provider. */
export const HOST_PROVIDER = 'ssh'

/** Flags of the commands that lease on a host. */
export const hostFlags = {
  host: Flags.string({
    description: 'host to lease on, for --provider ssh: a name from the configuration, or [USER@]HOST[:PORT]',
    helpValue: 'HOST',
  }),
  'accept-new-host-key': Flags.boolean({description: 'believe a host whose key nobody knows yet'}),
}

/** Flags of the commands that boot machines. */
export const machineFlags = {
  region: Flags.string({description: "region, for providers with machines (default: the provider's own)"}),
  type: Flags.string({description: "the provider's own name of a size, instead of a class; nothing else will do"}),
  market: Flags.option({
    options: MARKETS as unknown as Market[],
    description: 'how the machine is paid for; a spot machine may be taken away at any time',
  })(),
}

/** Flags of the commands that make a lease from nothing. */
export const placementFlags = {
  provider: Flags.string({
    description: 'who hands out the lease (default: what configuration says, else local; ssh with --host)',
    helpValue: 'PROVIDER',
    env: 'CRABBOX_PROVIDER',
  }),
  ...hostFlags,
  ...machineFlags,
  ...newLeaseFlags,
}

/**
 * Refuses what is said of a new lease where one that there is is named: it would have no effect.
 * @param raw the command line, as oclif tells of it
 * @param names of flags
 */
export function refuseFor(id: string, raw: readonly {readonly type: string}[], names: readonly string[]): void {
  const found = raw.find(
    (token): token is {type: 'flag'; flag: string} => 'flag' in token && names.includes(String(token.flag)),
  )
  if (found === undefined) return
  throw usageError(
    'USAGE',
    `--${found.flag} says what a new lease is to be, and --id ${id} names one that there is`,
    'Leave out one of them.',
  )
}

interface HostFlags {
  readonly host?: string | undefined
  readonly 'accept-new-host-key': boolean
}

export const hostOf = (flags: HostFlags): HostChoice => ({
  name: flags.host ?? null,
  acceptNewKey: flags['accept-new-host-key'],
})

interface MachineFlags {
  readonly region?: string | undefined
  readonly type?: string | undefined
  readonly market?: Market | undefined
}

export const machineOf = ({region, type, market}: MachineFlags): MachineChoice => ({
  region: region ?? null,
  type: type ?? null,
  market: market ?? null,
})

interface PlacementFlags extends HostFlags, MachineFlags {
  readonly provider?: string | undefined
  readonly class?: MachineClass | undefined
  readonly ttl?: string | undefined
}

/** What is asked for of a new lease. */
export interface NewLease {
  readonly provider: string
  readonly host: HostChoice
  readonly machine: MachineChoice
  readonly class: MachineClass
  /** Milliseconds; null: never expires. */
  readonly ttl: number | null
}

/** What flags, and configuration where they are silent, say of a new lease. */
export function newLeaseOf(flags: PlacementFlags, configuration: Configuration): NewLease {
  const ttl = flags.ttl ?? configuration.ttl
  return {
    provider: flags.provider ?? (flags.host === undefined ? (configuration.provider ?? 'local') : HOST_PROVIDER),
    host: hostOf(flags),
    machine: machineOf(flags),
    class: flags.class ?? configuration.class ?? 'standard',
    ttl: ttl === undefined ? null : parseDuration(ttl),
  }
}
