import {cleaningUp} from '../core/cleaning-up.js'
import type {Context} from '../core/context.js'
import type {LeaseHandle, LeaseRequest, Placement} from '../core/lease.js'
import type {LeaseOperations} from '../core/provider.js'
import {beginAgain} from './with-transport.js'

/** Acquires a lease and fills it; where that fails, the lease is released. */
export async function intoNewLease(
  leases: Pick<LeaseOperations, 'acquire' | 'release'>,
  request: LeaseRequest,
  context: Context,
  fill: (lease: LeaseHandle) => Promise<void>,
): Promise<Placement> {
  const placement = await beginAgain(context, () => leases.acquire(request, context))
  const lease = {id: request.id, ...placement}
  try {
    await fill(lease)
    return placement
  } catch (error) {
    // Whoever asked for the lease cleans up where this fails, and wants to know of the first failure.
    await leases.release(lease, cleaningUp(context)).catch(() => undefined)
    throw error
  }
}
