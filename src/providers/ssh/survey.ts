import {askHosts} from '../../core/ask-hosts.js'
import type {Context} from '../../core/context.js'
import type {ConfiguredHost} from '../../core/host.js'
import type {LeaseId} from '../../core/ids.js'
import type {Transport} from '../../core/transport.js'
import {connectTo} from './connect.js'
import {askLoad, type Load} from './load.js'
import {placeOn, type Place} from './place.js'

/** A host that answered, and the leases on it: those that it told of, and those that were placed there since. */
export interface Surveyed extends Load {
  readonly place: Place
  readonly leases: Set<LeaseId>
}

/** Asks all hosts how busy they are. See `askHosts` for those that do not answer. */
export async function survey(
  hosts: readonly ConfiguredHost[],
  acceptNewKey: boolean,
  context: Context,
): Promise<Surveyed[]> {
  // Connections stay open until all have answered, so that the one to the chosen host is still there for what follows.
  const open: Transport[] = []
  const look = async (host: ConfiguredHost, asking: Context): Promise<Surveyed> => {
    const place = placeOn(host)
    const {transport} = await connectTo(place, asking, acceptNewKey)
    open.push(transport)
    const {leases, perCore} = await askLoad(transport, place.root, asking.signal)
    return {place, leases: new Set(leases), perCore}
  }

  try {
    return (await askHosts(hosts, look, context)).map(({answer}) => answer)
  } finally {
    await Promise.all(open.map(transport => transport.close()))
  }
}
