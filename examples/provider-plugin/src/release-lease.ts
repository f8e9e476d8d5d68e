import {dropLayer, removeTree} from './layers.js'
import {ensureMounted} from './ensure-mounted.js'
import {leaseDirectory, mountPointOf, readLease, writeLease, type LeaseFile, type LeasePlace} from './lease-file.js'
import {mountedAt} from './mount-table.js'
import {detach, unmount} from './mounts.js'

/** Removes a lease with its own layer. Programs that still run in it keep what they have open until they end. */
export async function releaseLease(place: LeasePlace, signal: AbortSignal): Promise<void> {
  const mountPoint = mountPointOf(place)
  while ((await mountedAt(mountPoint)) !== null)
    if (!(await unmount(mountPoint, signal))) await detach(mountPoint, signal)
  const lease = await readLease(place)
  if (lease !== null) {
    await dropNext(place, lease)
    await dropLayer(place.directory, lease.layer, place.id)
  }

  await removeTree(leaseDirectory(place))
}

/** Removes what an interrupted checkpoint left of a lease that goes on, and mounts it again. Not while one is being made. */
export async function settleLease(place: LeasePlace, signal: AbortSignal): Promise<void> {
  const lease = await readLease(place)
  if (lease !== null) {
    await dropNext(place, lease)
    await writeLease(place, {...lease, next: null})
  }

  await ensureMounted(place, signal)
}

async function dropNext({directory, id}: LeasePlace, {next}: LeaseFile): Promise<void> {
  if (next !== null) await dropLayer(directory, next, id)
}
