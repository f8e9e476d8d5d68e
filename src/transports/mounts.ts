import {busyError} from '../core/errors.js'
import type {LeaseId} from '../core/ids.js'

/**
 * A function of `sh` that prints the mount points below a directory, a line each, relative to it, with what `octal` reads. With a second
 * parameter the directory itself counts, too. Devices do not tell
 * them: what is bound from the same file system lies on the same one, and all that removes or moves files goes through it. Linux lists them in
 * proc(5), others with `mount`.
 */
export const MOUNTS_BELOW = `mounts_below() {
  mounts_in=$(cd -- "$1" 2>/dev/null && pwd -P && echo x) || return 0
  mounts_in=\${mounts_in%?x}
  if [ -r /proc/self/mountinfo ]; then
    mounts_in=\${mounts_in%/} mounts_self=\${2:-} awk 'BEGIN {
      dir = ENVIRON["mounts_in"]
      for (i = 1; i <= length(dir); i++) {
        c = substr(dir, i, 1)
        if (c == " ") c = "\\\\040"
        else if (c == "\\t") c = "\\\\011"
        else if (c == "\\n") c = "\\\\012"
        else if (c == "\\\\") c = "\\\\134"
        place = place c
      }
    }
    index($5, place "/") == 1 { print substr($5, length(place) + 2) }
    $5 == place && ENVIRON["mounts_self"] != "" { print "." }' /proc/self/mountinfo
  else
    mount 2>/dev/null | mounts_in=" on \${mounts_in%/}/" awk '{
      at = index($0, ENVIRON["mounts_in"])
      if (at == 0) next
      $0 = substr($0, at + length(ENVIRON["mounts_in"]))
      sub(/ \\([^(]*$/, "")
      sub(/ type [^ ]+$/, "")
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
    `${mount === '.' ? '' : `${Buffer.from(mount, 'latin1').toString('utf8')} in `}the directory of lease ${id} is a mount point, so nothing was removed`,
    'Unmount it there and stop the lease again.',
  )
