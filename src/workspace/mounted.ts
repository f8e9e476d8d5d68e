import {busyError} from '../core/errors.js'
import type {Transport} from '../core/transport.js'
import {MOUNTS_BELOW, mountsIn} from '../transports/mounts.js'
import {runScript} from '../transports/script.js'
import type {Listing} from './parse-listing.js'
import {readable, type Stat} from './stat.js'
import {within} from './unit.js'

/** Parameters: directories. Prints the mount points below them. */
const MOUNTS = `${MOUNTS_BELOW}
for directory do mounts_below "$directory"; done`

/** The mount points below directories of a host, one byte a character. */
export async function listMounts(
  transport: Transport,
  directories: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const {stdout} = await runScript(transport, MOUNTS, directories, signal, {purpose: 'look for mount points'})
  return mountsIn(stdout.toString('latin1'))
}

/** A listing without what is mounted in it, whatever it is mounted from. A directory where something is mounted stays one. */
export function withoutMounted(listing: Listing, mounts: readonly string[]): Listing {
  if (mounts.length === 0) return listing
  const isMounted = ({path, type}: Stat): boolean =>
    mounts.some(mount => within(mount, path) && (path !== mount || type !== 'directory'))
  const warned = new Set(listing.warnings)
  for (const mount of mounts) warned.add(`${readable(mount)} is a mount point; what is mounted there is not saved`)
  return {stats: listing.stats.filter(stat => !isMounted(stat)), warnings: [...warned]}
}

/** @throws {CrabboxError} `TARGET_HAS_MOUNTS` */
export function refuseMounts(stats: readonly Stat[], mounts: readonly string[]): void {
  const device = `${stats[0]?.inode.split(':')[0]}:`
  const found = mounts[0] ?? stats.find(stat => !stat.inode.startsWith(device))?.path
  if (found === undefined) return
  throw busyError(
    'TARGET_HAS_MOUNTS',
    `${readable(found)} in the workdir is a mount point and cannot be replaced`,
    'Unmount it and try again.',
  )
}
