import {localTransport, runScript} from 'crabbox'

import type {LayerId} from './layers.js'
import {MOUNT, mountOptions} from './mounts.js'

// With --preserve=all, or -a, an attribute that cannot be copied would be no failure.
const CP = 'cp -dRx --preserve=mode,ownership,timestamps,links,xattr --reflink=auto'

const COPY_LIVE = `said=$(${CP} -- "$1/." "$2" 2>&1) || {
  others=$(printf '%s\\n' "$said" | grep -v ': No such file or directory$')
  [ -z "$others" ] || { printf '%s\\n' "$others" >&2; exit 1; }
  echo vanished
}
sync -f "$2"`

/** Copies a tree that may be in use, with all that OverlayFS has written down in it. False: something vanished meanwhile. */
export async function copyLive(from: string, to: string, signal: AbortSignal): Promise<boolean> {
  const {stdout} = await runScript(localTransport(), COPY_LIVE, [from, to], signal, {purpose: 'copy the lease'})
  return stdout.toString() !== 'vanished\n'
}

// A new namespace begins with a copy of every mount, which would keep other leases from being unmounted.
const FORGET_OTHERS = `grep " - overlay crabbox " /proc/self/mountinfo | cut -d " " -f 5 | sed "s/\\\\\\\\/&0/g" |
while read -r point; do umount -l -- "$(printf %b "$point")"; done`

const COPY_MERGED = `exec unshare --mount sh -c '${FORGET_OTHERS}
${MOUNT} || exit
${CP} -- "$3/." "$4" && sync -f "$4"' crabbox "$@"`

/** Copies what layers are together. They are mounted where only the copying program sees it, and only for as long as it lives. */
export async function copyMerged(
  directory: string,
  layers: readonly [LayerId, ...LayerId[]],
  scratch: string,
  to: string,
  signal: AbortSignal,
): Promise<void> {
  const [upper, ...lower] = layers
  const args = [directory, mountOptions(upper, lower), scratch, to]
  await runScript(localTransport(), COPY_MERGED, args, signal, {purpose: 'put the layers together'})
}
