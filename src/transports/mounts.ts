import {busyError} from '../core/errors.js'
import type {LeaseId} from '../core/ids.js'

/**
 * A function of `sh` that prints the mount points below a directory, a line each, relative to it, with what `octal` reads. Devices do not tell
 * them: what is bound from the same file system lies on the same one, and all that removes or moves files goes through it. Linux lists them in
 * proc(5), others with `mount`.
 */
export const MOUNTS_BELOW = `mounts_below() {
  mounts_in=$(cd -- "$1" 2>/dev/null && pwd -P) || return 0
  if [ -r /proc/self/mountinfo ]; then
    case $mounts_in in *[\\\\\\ ]*) mounts_in=$(printf %s "$mounts_in" | sed 's/\\\\/\\\\134/g; s/ /\\\\040/g') ;; esac
    mounts_in=$mounts_in/ awk 'index($5, ENVIRON["mounts_in"]) == 1 { print substr($5, length(ENVIRON["mounts_in"]) + 1) }' /proc/self/mountinfo
  else
    mount 2>/dev/null | mounts_in=" on $mounts_in/" awk '{
      at = index($0, ENVIRON["mounts_in"])
      if (at == 0) next
      $0 = substr($0, at + length(ENVIRON["mounts_in"]))
      sub(/ \\([^(]*$/, "")
      print
    }'
  fi
}
`

/** The mount points that the function has printed. */
export const mountsIn = (printed: string): readonly string[] =>
  printed.split('\n').flatMap(line => (line === '' ? [] : [octal(line)]))

const octal = (text: string): string =>
  text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCodePoint(Number.parseInt(digits, 8)))

/** The error for a lease that cannot be removed without what is mounted in it. */
export const leaseHasMounts = (id: LeaseId, [mount = '']: readonly string[]): Error =>
  busyError(
    'LEASE_HAS_MOUNTS',
    `${Buffer.from(mount, 'latin1').toString('utf8')} in the directory of lease ${id} is a mount point, so nothing was removed`,
    'Unmount it there and stop the lease again.',
  )
