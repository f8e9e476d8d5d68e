import type {ConfiguredHost} from '../../core/host.js'
import type {LeaseReference} from '../../core/lease.js'
import {usageError} from '../../core/errors.js'
import type {Host} from './connect.js'

/** Where leases are. */
export interface Place extends Host {
  /** The directory on the host that holds them; empty: `~/.crabbox/leases`. */
  readonly root: string
}

/** What a user means with a host: a configured one, by its name or its address, else the address itself. */
export function placeNamed(name: string, hosts: readonly ConfiguredHost[] = []): Place {
  const configured = hosts.find(host => host.name === name) ?? hosts.find(host => host.address === name)
  return configured === undefined ? {host: name, hostKey: null, root: ''} : placeOn(configured)
}

export const placeOn = ({address, workRoot}: ConfiguredHost): Place => ({
  host: address,
  hostKey: null,
  root: workRoot ?? '',
})

/** Where a lease was recorded to be; null where nothing was. */
export const placeOf = ({host, hostKey, root}: LeaseReference['details']): Place | null =>
  host === undefined ? null : {host, hostKey: hostKey ?? null, root: root ?? ''}

/** @throws {CrabboxError} `HOST_MISSING` */
export const hostMissing = (): Error =>
  usageError('HOST_MISSING', 'no host is named', 'Name one with --host user@host, or list some in the configuration.')
