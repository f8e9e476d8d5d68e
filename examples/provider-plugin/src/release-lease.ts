import {dropLayer, layerParts, removeTree} from './layers.js'
import {ensureMounted} from './ensure-mounted.js'
import {leaseDirectory, mountPointOf, readLease, writeLease, type LeaseFile, type LeasePlace} from './lease-file.js'
import {mountedAt} from './mount-table.js'
import {detach, unmount} from './mounts.js'
import {sealLayer} from './seal.js'

/** Removes a lease with its own layer. Programs that still run in it keep what they have open until they end. */
export async function releaseLease(place: LeasePlace, signal: AbortSignal): Promise<void> {
  const mountPoint = mountPointOf(place)
  while ((await mountedAt(mountPoint)) !== null)
    if (!(await unmount(mountPoint, signal))) await detach(mountPoint, signal)
  const lease = await readLease(place)
  if (lease !== null) {
    await dropOthers(place, lease)
    await dropLayer(place.directory, lease.layer, place.id)
  }

  await removeTree(leaseDirectory(place))
}

/** Removes what an interrupted checkpoint left of a lease that goes on, and mounts it again. Not while one is being made. */
export async function settleLease(place: LeasePlace, signal: AbortSignal): Promise<void> {
  const lease = await readLease(place)
  if (lease !== null) await settleLayers(place, lease, signal)
  await ensureMounted(place, signal)
}

/** Completes that a lease goes on above a saved layer, or takes it back: as its file decides. */
export async function settleLayers(place: LeasePlace, lease: LeaseFile, signal: AbortSignal): Promise<void> {
  const {layer, below, before} = lease
  if (before !== undefined && below !== null) {
    // This scratch directory has names of files, too: as long as it is there, these have more links than names.
    await removeTree(layerParts(place.directory, below).work)
    await sealLayer(place.directory, below, signal)
  }

  await dropOthers(place, lease)
  await writeLease(place, {layer, below, next: null})
}

async function dropOthers({directory, id}: LeasePlace, {next, before}: LeaseFile): Promise<void> {
  for (const layer of [next, before]) if (typeof layer === 'string') await dropLayer(directory, layer, id)
}
