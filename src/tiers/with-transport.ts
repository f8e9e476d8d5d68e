import type {Context} from '../core/context.js'
import type {LeaseHandle} from '../core/lease.js'
import type {LeaseOperations} from '../core/provider.js'
import type {Transport} from '../core/transport.js'

/** Connects to a lease for as long as the work takes. */
export async function withTransport<R>(
  leases: Pick<LeaseOperations, 'connect'>,
  lease: LeaseHandle,
  context: Context,
  work: (transport: Transport) => Promise<R>,
): Promise<R> {
  const transport = await leases.connect(lease, context)
  try {
    return await work(transport)
  } finally {
    await transport.close()
  }
}
