import {MOUNTS_BELOW} from '../../transports/mounts.js'
import {DROP_AT_LAST} from '../../transports/drop.js'

/** The name of the file in a lease's directory that says whose it is. */
export const MARKER = '.crabbox-lease'

// $1 is the directory of all leases, empty for the default.
const ROOT = `set -eu
root=\${1:-\${HOME:?is not set}/.crabbox/leases}`

/** How the guard ends where there is no lease. A command behind it may end so as well. */
export const MISSING = 113

/**
 * Runs a command where a lease is. Parameters: the directory of all leases, the lease's id, a directory or nothing, and the command with its
 * arguments. No other program is asked, since a command may have a PATH of its own, and no variable is left to it.
 */
export const GUARD = `crabbox_marker=\${1:-\${HOME:?is not set}/.crabbox/leases}/$2/${MARKER}
crabbox_found=
if [ -f "$crabbox_marker" ] && [ -r "$crabbox_marker" ]; then
  while IFS= read -r crabbox_line || [ -n "$crabbox_line" ]; do
    case $crabbox_line in *"\\"lease\\":\\"$2\\""*) crabbox_found=yes; break ;; esac
  done < "$crabbox_marker"
fi
[ -n "$crabbox_found" ] || exit ${MISSING}
unset crabbox_marker crabbox_found crabbox_line
if [ -n "$3" ]; then command cd -- "$3" 2>/dev/null || exit 125; fi
shift 3
exec "$@"`

// $2 is the lease's id.
const PATHS = `${ROOT}
lease=$root/$2
marker=$lease/${MARKER}
ours() { [ -f "$marker" ] && grep -q -F "\\"lease\\":\\"$1\\"" "$marker"; }`

/**
 * Makes a lease's directory, with the marker $4 and a workdir named $3, or finds it. Prints where the directory is. What it has
 * made goes again when it fails. `cat` says what is wrong with a disk, where the shell's own printf may not.
 */
export const ACQUIRE = `${PATHS}
umask 077
mkdir -p -- "$root"
if [ ! -d "$lease" ]; then
  trap '[ "$?" = 0 ] || { rm -f -- "$marker" "$marker.new"; rmdir -- "$lease"; } 2>/dev/null' EXIT
  mkdir -- "$lease"
fi
if ! ours "$2"; then
  printf '%s\\n' "$4" | cat > "$marker.new"
  mv -f -- "$marker.new" "$marker"
fi
[ -d "$lease/$3" ] || (umask 022; mkdir -- "$lease/$3")
cd -- "$lease"
pwd -P`

/** Prints whether the lease is there. */
export const STATUS = `${PATHS}
if ours "$2"; then echo running; else echo gone; fi`

/**
 * Removes a lease. It takes another name first, so that it is gone at once for everybody else. What does not bear its marker is
 * not touched, but for an empty directory, which an interrupted `acquire` leaves: it prints `foreign`. Nor is what holds something that is mounted
 * there from elsewhere, which would go with it: it prints `mounted` and where. Without a home directory nothing was made in it.
 */
export const RELEASE = `[ -n "$1" ] || [ -n "\${HOME:-}" ] || exit 0
${PATHS}
${MOUNTS_BELOW}
gone=$root/.released-$2
mounts=$(mounts_below "$lease" self; mounts_below "$gone" self)
if [ -n "$mounts" ]; then printf 'mounted\\n%s' "$mounts"; exit 0; fi
if ours "$2"; then mv -- "$lease" "$gone"
elif [ -e "$lease" ]; then
  rm -f -- "$marker.new"
  rmdir -- "$lease" 2>/dev/null || { echo foreign; exit 0; }
fi
[ -e "$gone" ] || exit 0
${DROP_AT_LAST}
drop_at_last "$gone"`

/**
 * Fails where no lease can be made. Prints the names of all leases, then a line with a slash, the number of processors, a slash, and the load average; either is
 * empty where the host cannot tell.
 */
export const LOAD = `${ROOT}
near=$root
while [ ! -e "$near" ] && [ "$near" != "\${near%/*}" ]; do near=\${near%/*}; done
near=\${near:-/}
if [ ! -d "$near" ] || [ ! -w "$near" ]; then echo "$near cannot be written to" >&2; exit 1; fi
if [ "$(df -Pk -- "$near" 2>/dev/null | awk 'NR == 2 && $2 > 0 { print $4 }')" = 0 ] && [ "$(id -u)" != 0 ]; then echo "the disk of $near is full" >&2; exit 1; fi
for lease in "$root"/cbx_*; do
  if [ -d "$lease" ]; then printf '%s\\n' "\${lease##*/}"; fi
done
cores=$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null || :)
if [ -r /proc/loadavg ]; then read -r load rest < /proc/loadavg
else load=$(uptime 2>/dev/null | sed 's/.*load averages*: *//' || :)
fi
printf '/%s/%s\\n' "$cores" "$load"`

/** Bytes of a marker that are read: more than any has. */
const MARKER_BYTES = 8192

/**
 * Prints a line for each lease: its name, and `marker` with what that says, `missing` or `hidden`. Then the path of the
 * directory of all leases. Nothing where there is none.
 */
export const FIND = `${ROOT}
[ -d "$root" ] || exit 0
cd -- "$root"
for lease in cbx_*; do
  case \${lease#cbx_} in *[!0-9a-f]*) continue;; esac
  [ -d "$lease" ] || continue
  if [ ! -x "$lease" ]; then echo "$lease hidden"
  elif [ ! -f "$lease/${MARKER}" ]; then echo "$lease missing"
  elif [ ! -r "$lease/${MARKER}" ]; then echo "$lease hidden"
  else
    printf '%s marker ' "$lease"
    { dd if="$lease/${MARKER}" bs=${MARKER_BYTES} count=1 2>/dev/null || :; } | tr '\\n\\r' '  '
    echo
  fi
done
pwd -P`
