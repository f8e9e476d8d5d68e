import {localTransport, runScript} from 'crabbox'

import type {LayerId} from './layers.js'

/**
 * Mounts by relative paths: what the kernel takes is one page, and a comma or a colon in a path would be a separator. The classic
 * system call is asked for, because the newer one takes but 256 bytes at a time.
 *
 * `index` keeps hard links between a file that lies below and one that was written to; it also makes the kernel refuse a layer that
 * is still being written to elsewhere. `redirect_dir` lets directories that lie below be renamed. `metacopy` would leave content
 * behind in other layers.
 */
export const MOUNT = `cd -- "$1/layers" || exit
LIBMOUNT_FORCE_MOUNT2=always mount -t overlay crabbox -o "index=on,redirect_dir=on,metacopy=off,$2" "$3"`

/** Mounts a layer to be written to, above others, from the top. */
export async function mountLayers(
  directory: string,
  upper: LayerId,
  lower: readonly LayerId[],
  mountPoint: string,
  signal: AbortSignal,
): Promise<void> {
  const args = [directory, mountOptions(upper, lower), mountPoint]
  await runScript(localTransport(), MOUNT, args, signal, {purpose: 'mount the lease'})
}

/** Which layers a mount is made of. */
export const mountOptions = (upper: LayerId, lower: readonly LayerId[]): string =>
  `lowerdir=${lowerOf(lower)},upperdir=${upperOf(upper)},workdir=${upper}/work`

/** The upper directory, as the table of mounts shows it. */
export const upperOf = (layer: LayerId): string => `${layer}/tree`

/** An overlay has something below, be it nothing. */
const lowerOf = (layers: readonly LayerId[]): string =>
  layers.length === 0 ? '../empty' : layers.map(upperOf).join(':')

const UNMOUNT = `said=$(umount -- "$1" 2>&1) && echo done && exit
case $said in *busy*) echo busy;; *) printf '%s\\n' "$said" >&2; exit 1;; esac`

/** False: somebody uses what is mounted there. */
export async function unmount(mountPoint: string, signal: AbortSignal): Promise<boolean> {
  const {stdout} = await runScript(localTransport(), UNMOUNT, [mountPoint], signal, {purpose: 'unmount the lease'})
  return stdout.toString() === 'done\n'
}

/** Takes it out of sight, whoever uses it: they keep what they have open. */
export async function detach(mountPoint: string, signal: AbortSignal): Promise<void> {
  await runScript(localTransport(), 'exec umount -l -- "$1"', [mountPoint], signal, {purpose: 'unmount the lease'})
}
