import type {Context} from '../../core/context.js'
import {throwIfAborted} from '../../core/errors.js'
import type {LeaseReference, LeaseRequest} from '../../core/lease.js'
import type {LeaseOperations} from '../../core/provider.js'
import type {Transport} from '../../core/transport.js'
import {using} from '../../tiers/with-transport.js'
import {connectTo, dial} from './connect.js'
import {makeLease, removeLease, statusOn} from './directory.js'
import {findLeases} from './find.js'
import {guarded} from './guarded.js'
import {hostMissing, placeNamed, placeOf, type Place} from './place.js'
import {forgetSeen, noteSeen} from './seen.js'
import {takeFromPool, type Taken} from './pool.js'

/** Leases that are directories on hosts. */
export const sshLeases: LeaseOperations = {
  acquire: async (request, context) => {
    throwIfAborted(context.signal)
    const {place, giveUp} = await takePlace(request, context)
    try {
      const {transport, hostKey} = await connectTo(place, context, request.host.acceptNewKey)
      const placement = await using(transport, () => makeLease(transport, request, {...place, hostKey}, context))
      noteSeen(request, context)
      return placement
    } catch (error) {
      giveUp()
      throw error
    }
  },
  connect: async (lease, context) => {
    const {transport} = await reach(lease, context)
    return guarded(transport, lease, context)
  },
  dial: (target, context) => {
    if ('details' in target) dialPlace(placeOf(target.details), context)
    else if (target.host.name !== null)
      dialPlace(placeNamed(target.host.name, context.hosts), context, target.host.acceptNewKey)
  },
  shareHost: (one, other) =>
    one.details['host'] === other.details['host'] && one.details['root'] === other.details['root'],
  status: async (lease, context) => {
    if (placeOf(lease.details) === null) return 'gone'
    const {transport} = await reach(lease, context)
    return using(transport, () => statusOn(transport, lease, context))
  },
  release: async (lease, context) => {
    if (placeOf(lease.details) === null) return
    const {transport} = await reach(lease, context)
    forgetSeen(lease, context)
    await using(transport, () => removeLease(transport, lease, context))
  },
  list: async ({name, acceptNewKey}, context) => {
    if (name === null) throw hostMissing()
    const place = placeNamed(name, context.hosts)
    const {transport, hostKey} = await connectTo(place, context, acceptNewKey)
    return using(transport, () => findLeases(transport, {...place, hostKey}, context.signal))
  },
}

function dialPlace(place: Place | null, context: Context, acceptNewKey = false): void {
  try {
    if (place !== null) dial(place, context, acceptNewKey)
  } catch {
    // An address that makes no sense is told of by whoever connects.
  }
}

/** Connects to the host that a lease's details name. */
export const reachHost = async (details: LeaseReference['details'], context: Context): Promise<Transport> =>
  (await reach({details}, context)).transport

const reach = async ({details}: Pick<LeaseReference, 'details'>, context: Context): Promise<{transport: Transport}> => {
  const place = placeOf(details)
  if (place === null) throw hostMissing()
  return connectTo(place, context)
}

/** Where a lease is to be: where it was recorded to be, else where the user wants it, else in the pool. */
async function takePlace(request: LeaseRequest, context: Context): Promise<Taken> {
  const recorded = placeOf(request.recorded ?? {})
  const {name} = request.host
  if (recorded === null && name === null) return takeFromPool(request, context.hosts ?? [], context)
  return {place: recorded ?? placeNamed(name ?? '', context.hosts), giveUp: () => undefined}
}
