import type {Context} from '../../core/context.js'
import type {Placement} from '../../core/lease.js'
import type {LeaseOperations} from '../../core/provider.js'
import type {Transport} from '../../core/transport.js'
import {beginAgain, using} from '../with-transport.js'

/**
 * What host snapshots need of a provider. Its leases are directories beside each other on a host, which their details name as
 * `host` where the provider has more than one.
 */
export interface HostSnapshotLeases extends Pick<LeaseOperations, 'acquire' | 'connect' | 'release'> {
  /**
   * Opens a transport to the host of a lease with these details, also when the lease is gone: saved states outlive it. The
   * caller closes it.
   */
  readonly reach: (details: Placement['details'], context: Context) => Promise<Transport>
}

/** Connects to the host of a saved state for as long as the work takes, anew where the connection is lost. */
export const onHost = <R>(
  {reach}: HostSnapshotLeases,
  details: Placement['details'],
  context: Context,
  work: (transport: Transport) => Promise<R>,
): Promise<R> =>
  beginAgain(context, async () => {
    const transport = await reach(details, context)
    return using(transport, () => work(transport))
  })
