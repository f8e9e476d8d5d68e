import {OVERTAKEN} from '../../workspace/script-parts.js'
import {DROP} from '../../transports/drop.js'

/**
 * The scripts of host snapshots. Saved states lie beside the leases, on the same file system:
 *
 * - `<id>/`: a saved state. `tree/` is the copy, the marker tells of it and is its last file.
 * - `.new-<id>/`: one that is being made.
 * - `.gone-<id>/`: one that is being removed.
 */

/** The directory that holds them, in the directory of all leases. No lease's name begins so. */
export const DIRECTORY = '.crabbox-snapshots'

/** How a script ends where there is no such saved state. */
export const GONE = 66

/** How a script ends where a copy is not what was saved. */
export const DIFFERENT = 67

/** How a script ends where the directory to save is none. */
export const NO_WORKDIR = 68

// $1 is the directory of saved states, $2 the checkpoint's id.
const COMMON = `set -eu
umask 077
root=$1
saved=$root/$2
fresh=$root/.new-$2
gone=$root/.gone-$2
there() { [ -e "$1" ] || [ -L "$1" ]; }
${DROP}whole() { [ -f "$saved/marker" ]; }
`

// A copy must not go on when nobody waits for it any more: what it writes would come back after it was removed. Whoever waits
// holds the standard input open.
const TIED = `exec 3<&0
tied() {
  "$@" 3<&- &
  work=$!
  { read -r _ <&3 || kill "$work"; } >/dev/null 2>&1 &
  watch=$!
  status=0
  wait "$work" || status=$?
  kill "$watch" 2>/dev/null || :
  return "$status"
}
`

// Size, times and all that a listing tells, but for what a copy has of its own. The size of a directory is the file system's.
const DIGEST = `digest() {
  (cd -- "$1" && find . \\( -type d -printf '%P//%y %m %U %G %T@\\0' -o -printf '%P//%y %m %U %G %T@ %s %l\\0' \\) | sort -z | sha256sum | cut -c 1-64)
}
said() { sed -n 's/.*"digest":"\\([0-9a-f]*\\)".*/\\1/p' "$saved/marker"; }
`

/**
 * Parameters: the directory of all leases. Prints `ok`; `tools` and what is missing; or `type`, the file system's, and what
 * the copy said. A file has to hold something: an empty one is copied everywhere. A shell whose reader is gone dies of its
 * `echo` and runs no trap of its exit, so that signal has one; what a power failure left is removed an hour later.
 */
export const PROBE = `set -eu
umask 077
missing=
cp --help 2>&1 | grep -q -e --reflink || missing=cp
case $(find --version 2>/dev/null) in *'GNU find'*) ;; *) missing="$missing find" ;; esac
sort -z </dev/null >/dev/null 2>&1 || missing="$missing sort"
command -v sha256sum >/dev/null || missing="$missing sha256sum"
if [ -n "$missing" ]; then
  echo tools $missing
  exit 0
fi
cd -- "$1"
room=
trap 'rm -rf -- "$room"' EXIT
trap 'exit 143' HUP INT PIPE TERM
find . -maxdepth 1 -name '.crabbox-probe.*' -mmin +60 -exec rm -rf -- {} + 2>/dev/null || :
room=$(mktemp -d ./.crabbox-probe.XXXXXX)
head -c 65536 /dev/zero > "$room/one"
if said=$(cp --reflink=always -- "$room/one" "$room/other" 2>&1); then
  echo ok
else
  printf 'type %s\\n%s\\n' "$(df --output=fstype . | tail -n 1)" "$said"
fi`

/**
 * Parameters: the directory of saved states, the id, the directory to save, and paths below it that are left out. Prints the
 * marker, and the time at which the copy began, where it did. What is there already stays.
 */
export const SAVE = `${COMMON}${TIED}${DIGEST}
if whole; then
  cat "$saved/marker"
  exit 0
fi
source=$3
shift 3
[ -d "$source" ] || exit ${NO_WORKDIR}
drop "$fresh"
mkdir -p -- "$fresh/tree"
tree=$fresh/tree
: > "$fresh/begun"
tied cp -ax --reflink=always -- "$source/." "$tree/"
for path do
  holder=$tree/\${path%/*}
  if [ -L "$holder" ] || ! there "$tree/$path"; then continue; fi
  drop "$tree/$path"
  touch -r "$source/\${path%/*}" -- "$holder"
done
sizes=$(find "$tree" -printf '%y %s %n %i\\n' | awk '$1 == "f" && !($3 > 1 && seen[$4]++) { bytes += $2 } END { printf "\\"entries\\":%d,\\"bytes\\":%.0f", NR, bytes }')
printf '{"checkpoint":"%s",%s,"digest":"%s"}\\n' "\${saved##*/}" "$sizes" "$(digest "$tree")" > "$fresh/marker"
begun=$(find "$fresh/begun" -printf %T@)
rm -- "$fresh/begun"
mv -T -- "$fresh" "$saved"
sync -f "$saved/marker" 2>/dev/null || sync
cat "$saved/marker"
echo "$begun"`

/** Parameters: the directory of saved states, the id. Prints the marker. */
export const LOOK = `${COMMON}
whole || exit ${GONE}
cat "$saved/marker"`

/**
 * Parameters: the directory of saved states, the id, and a directory that becomes what was saved. A state that was removed
 * meanwhile has lost its name before it lost a file.
 */
export const COPY = `${COMMON}${TIED}${DIGEST}
whole || exit ${GONE}
drop "$3"
mkdir -- "$3"
tied cp -a --reflink=auto -- "$saved/tree/." "$3/" || { whole || exit ${GONE}; exit 1; }
whole || exit ${GONE}
[ "$(digest "$3")" = "$(said)" ] || exit ${DIFFERENT}`

/**
 * Parameters: the directory of saved states, the id. Prints `foreign` for what does not bear the marker, and leaves it. One that
 * says nothing is what a power failure leaves.
 */
export const REMOVE = `${COMMON}
if there "$saved"; then
  if ! { whole && { [ ! -s "$saved/marker" ] || grep -q -F "\\"checkpoint\\":\\"$2\\"" "$saved/marker"; }; }; then
    echo foreign
    exit 0
  fi
  drop "$gone"
  mv -T -- "$saved" "$gone"
fi
drop "$gone" "$fresh" || { sleep 1; drop "$gone" "$fresh"; }
rmdir -- "$root" 2>/dev/null || :`

/** Parameters: the directory of saved states, the id. */
export const VERIFY = `${COMMON}${DIGEST}
whole || exit ${GONE}
[ -d "$saved/tree" ] || exit ${DIFFERENT}
[ "$(digest "$saved/tree")" = "$(said)" ] || exit ${DIFFERENT}`

/**
 * Parameters: the directory of saved states, the id, the directory that is to be replaced, a directory that becomes what was
 * saved, whose it is, and paths below both that are no part of it: they are taken along.
 */
export const STAGE = `${COMMON}${TIED}${DIGEST}
whole || exit ${GONE}
live=$3
tree=$4
[ "$(cat -- "$tree/../owner")" = "$5" ] || exit ${OVERTAKEN}
shift 5
tied cp -a --reflink=auto -- "$saved/tree/." "$tree/" || { whole || exit ${GONE}; exit 1; }
whole || exit ${GONE}
[ "$(digest "$tree")" = "$(said)" ] || exit ${DIFFERENT}
for path do
  from=$live/\${path%/*}
  into=$tree/\${path%/*}
  if [ -L "$from" ] || ! there "$live/$path"; then continue; fi
  if ! there "$into"; then mkdir -- "$into"; fi
  if [ -L "$into" ] || [ ! -d "$into" ]; then
    echo "\${path%/*} holds files that are left out of checkpoints, and was saved as something else" >&2
    exit 1
  fi
  cp -a --reflink=auto -- "$live/$path" "$tree/$path"
  touch -r "$from" -- "$into"
done`
