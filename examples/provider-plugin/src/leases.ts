import {localTransport, throwIfAborted, type LeaseOperations} from 'crabbox'

import {chosenDirectory, requireDirectory} from './directory.js'
import {ensureMounted} from './ensure-mounted.js'
import {readLease, requireLease} from './lease-file.js'
import {openLease} from './open-lease.js'
import {requirePrivileges} from './privileges.js'
import {releaseLease, settleLease} from './release-lease.js'

/**
 * Where a lease lies is in its details, not in the settings: those may change while it lives. A mount is gone after a reboot, and
 * is made again by whoever needs the lease next.
 */
export const leases: LeaseOperations = {
  acquire: async (request, context) => {
    throwIfAborted(context.signal)
    await requirePrivileges()
    const directory = request.recorded?.['directory'] ?? (await chosenDirectory(context))
    return openLease(request, {directory, from: null}, context)
  },
  connect: async ({id, details}, {signal}) => {
    const place = {directory: await requireDirectory(details), id}
    await requireLease(place)
    await ensureMounted(place, signal)
    return localTransport()
  },
  status: async ({id, details}, {signal}) => {
    // Without details nothing was ever made.
    if (details['directory'] === undefined) return 'gone'
    return (await ensureMounted({directory: await requireDirectory(details), id}, signal)) ? 'running' : 'gone'
  },
  release: async ({id, details}, {signal}) => {
    if (details['directory'] === undefined) return
    await releaseLease({directory: await requireDirectory(details), id}, signal)
  },
  heal: async ({id, details}, {signal}) => {
    const place = {directory: await requireDirectory(details), id}
    if ((await readLease(place)) !== null) await settleLease(place, signal)
  },
}
