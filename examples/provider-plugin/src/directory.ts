import {mkdir, realpath, stat, statfs} from 'node:fs/promises'
import {join} from 'node:path'

import {configError, providerError, reasonOf, type Context, type Placement} from 'crabbox'

import {NAME} from './about.js'

/** Below the directory: `leases/`, `layers/` and `checkpoints/`. */
const PARTS = ['leases', 'layers', 'checkpoints', 'empty']

/** File systems that cannot hold what an overlay writes, by the number that `statfs` gives them. */
const UNFIT: Readonly<Record<number, string>> = {
  0x794c7630: 'overlay',
  0x6969: 'NFS',
  0x4d44: 'FAT',
  0x65735546: 'FUSE',
  0x01021997: '9p',
  0xff534d42: 'CIFS',
}

/**
 * The directory for new leases, made where it is missing: the setting, else `overlayfs` in the state directory.
 * @throws {CrabboxError} `OVERLAYFS_DIRECTORY_UNUSABLE`
 */
export async function chosenDirectory(context: Context): Promise<string> {
  const settings = await context.settings?.(NAME)
  const directory = settings?.['directory'] ?? join(context.stateDir, NAME)
  try {
    for (const part of PARTS) await mkdir(join(directory, part), {recursive: true, mode: 0o700})
    const unfit = UNFIT[(await statfs(directory)).type]
    if (unfit !== undefined) throw new Error(`it is on ${unfit}, which cannot be the upper side of an overlay`)
    // As the kernel's table of mounts will show it.
    return await realpath(directory)
  } catch (error) {
    throw configError(
      'OVERLAYFS_DIRECTORY_UNUSABLE',
      `the directory ${directory} cannot be used: ${reasonOf(error)}`,
      `Set providers.${NAME}.directory, or CRABBOX_OVERLAYFS_DIRECTORY, to one on ext4, XFS, Btrfs or tmpfs.`,
      error,
    )
  }
}

/**
 * The directory in which something was made. One that is not there is no proof that all in it is gone: its disk may be missing.
 * @throws {CrabboxError} `OVERLAYFS_DIRECTORY_MISSING`
 */
export async function requireDirectory({directory}: Placement['details']): Promise<string> {
  if (directory !== undefined && (await stat(join(directory, 'layers')).catch(() => null)) !== null) return directory
  throw providerError(
    'OVERLAYFS_DIRECTORY_MISSING',
    `${directory ?? 'the directory'}, where the layers lie, is not there`,
    'Mount its disk. If that is gone for good: crabbox stop --forget, crabbox checkpoint delete --local-only.',
  )
}
