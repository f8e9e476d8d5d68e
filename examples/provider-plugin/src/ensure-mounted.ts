import {setTimeout as sleep} from 'node:timers/promises'

import {busyError, reasonOf, throwIfAborted} from 'crabbox'

import {stackOf} from './layers.js'
import {mountPointOf, readLease, type LeasePlace} from './lease-file.js'
import {mountedAt} from './mount-table.js'
import {mountLayers, unmount, upperOf} from './mounts.js'
import {requirePrivileges} from './privileges.js'

/**
 * Sees that a lease is mounted, as after a reboot it is not. False: there is no such lease.
 * @throws {CrabboxError} `OVERLAYFS_NOT_PERMITTED`, `LEASE_IN_USE`, `LAYER_GONE`
 */
export async function ensureMounted(place: LeasePlace, signal: AbortSignal): Promise<boolean> {
  const lease = await readLease(place)
  if (lease === null) return false
  const mountPoint = mountPointOf(place)
  const isThere = async (): Promise<boolean> => (await mountedAt(mountPoint))?.upper === upperOf(lease.layer)
  if (await isThere()) return true
  await requirePrivileges()
  if ((await mountedAt(mountPoint)) !== null && !(await unmount(mountPoint, signal))) throw inUse(place)
  const {directory} = place
  const lower = await stackOf(directory, lease.below)
  for (const pause of [...PAUSES, null]) {
    try {
      await mountLayers(directory, lease.layer, lower, mountPoint, signal)
      return true
    } catch (error) {
      // Two commands at once after a reboot: the kernel lets one of them.
      if (await isThere()) return true
      if (!/busy|already mounted/.test(reasonOf(error))) throw error
      if (pause === null) throw inUse(place)
      await sleep(pause)
      throwIfAborted(signal)
    }
  }

  return true
}

/**
 * Milliseconds between attempts. A program that gets a namespace of its own, as each container does, has a copy of every mount until
 * it has let them go. Where that happens just when a lease is unmounted, its layer is still in use for a moment.
 */
const PAUSES = [50, 100, 200, 500, 1000, 2000, 4000]

/** What was mounted before is still in use. */
const inUse = ({id}: LeasePlace): Error =>
  busyError(
    'LEASE_IN_USE',
    `an old mount of lease ${id} is still in use`,
    'End the programs that have files open in it, or that have a mount namespace of their own.',
  )
