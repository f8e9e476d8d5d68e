import {Flags} from '@oclif/core'

import type {HostChoice} from '../core/lease.js'

/** The provider that is meant where a host is named and no provider. */
export const HOST_PROVIDER = 'ssh'

/** Flags of the commands that lease on a host. */
export const hostFlags = {
  host: Flags.string({description: 'host to lease on, for --provider ssh', helpValue: '[USER@]HOST[:PORT]'}),
  'accept-new-host-key': Flags.boolean({description: 'believe a host whose key nobody knows yet'}),
}

/** Flags of the commands that make a lease from nothing. */
export const placementFlags = {
  provider: Flags.string({
    description: 'who hands out the lease (default: local, and ssh with --host)',
    env: 'CRABBOX_PROVIDER',
  }),
  ...hostFlags,
}

interface HostFlags {
  readonly host?: string | undefined
  readonly 'accept-new-host-key': boolean
}

export const hostOf = (flags: HostFlags): HostChoice => ({
  name: flags.host ?? null,
  acceptNewKey: flags['accept-new-host-key'],
})

/** What the flags say of where a lease is to be. */
export const placementOf = (
  flags: HostFlags & {readonly provider?: string | undefined},
): {provider: string; host: HostChoice} => ({
  provider: flags.provider ?? (flags.host === undefined ? 'local' : HOST_PROVIDER),
  host: hostOf(flags),
})
