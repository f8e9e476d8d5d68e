import {COMMON, OURS, OVERTAKEN} from './script-parts.js'

// Goes on with a tree in directories of its own, since a tar of the attempt before may still be there: it sets modes and times of its
// directories when it hears that the connection is gone, and that may be in an hour.
const GO_ON = `go_on() {
  mv -f staging/tree staging/old && cp -al staging/old staging/tree 2>/dev/null || return 1
  mv -f staging/old "gone.$$.tree" && { drop gone.* 2>/dev/null || :; }
  find staging/tree -type d ! -perm -u+rwx -exec chmod u+rwx {} \\;
}
`

// Leaves of a tree what was sent, by the attempt before or one before that. What has further names may be a file of the workdir, which whoever
// still has it open may write to.
const GO_BACK = `go_back() {
  if there staging/before; then mv -f staging/before "gone.$$.before"; fi
  mv -f staging/tree staging/before && aside next old && rm -f staging/dirs.*
  find staging/before -type d ! -perm -u+rwx -exec chmod u+rwx {} \\;
  find staging/before ! -type d -links +1 -exec rm -f -- {} +
}
`

/** Begins a staging directory, or leaves it to a function to go on with that of the same attempt. */
// What somebody has sealed meanwhile is on its way to the workdir, or out of it.
const begin = (goOn: string, attempt: string, owner: string): string => `[ -d "$1" ] || mkdir -- "$1"
cd -- "$1"
[ ! -e next/sealed ] || exit ${OVERTAKEN}
kept=
if ours "${attempt}" && ${goOn}; then kept=kept
else
  aside staging next old
  mkdir staging
  printf %s "${attempt}" > staging/attempt
fi
own staging "${owner}"`

const FREE = `df -Pk . | awk 'NR == 2 { print $4 }'`

/**
 * Parameters: sidecar, `content` or `metadata`, which attempt may go on with what it has staged, whose it is. Input: the
 * unit. Prints `kept` where there is
 * something to go on with, and then the free kilobytes.
 */
export const PREPARE = `${COMMON}${OURS}${GO_ON}
${begin('go_on', '$3', '$4')}
if [ "$2" = metadata ]; then : > staging/metadata; else mkdir -p staging/tree; fi
cat > staging/unit
echo $kept
${FREE}`

/**
 * Begins a staging directory with a copy of what is there, by hard links. Parameters: sidecar, target, bytes of the first and of the second part
 * of the input, and of all of it, which attempt may go on with what it has staged, whose it is. Input: the unit, directories of the copy whose content
 * changes, and then paths to remove from it, children first. Prints `inexact` where directories may have got other times than those they had,
 * `kept` where `staging/before/` holds what the attempt has staged so far, the time by which all names were made, where GNU find is, the free kilobytes, and
 * the files that had changed by then since `$8`, the newest change time that is known, a NUL after each. It may still wait for its input when the next
 * attempt has moved the directory away, so it works in it, wherever that is.
 */
export const FARM = `${COMMON}${OURS}${GO_BACK}
${begin('go_back', '$6', '$7')}
cd -P staging
mkdir tree
receive input "$5"
first "$3" input > unit
read_unit unit
(into "$2")
at "$2"; live=$found
at tree; copy=$found
exact=
if [ -d "$live" ] && [ ! -L "$live" ]; then
  if [ -n "\${8:-}" ]; then find "$live" ! -type d -newerct "@$8" -printf '%P\\0' > written 2>/dev/null || :; fi
  mkdir -p -- "\${copy%/*}"
  if [ -z "$unit" ]; then rmdir tree; fi
  cp -al -- "$live" "$copy" 2>/dev/null || { drop "$copy"; cp -a -- "$live" "$copy"; }
  case $(cp --version 2>&1) in *GNU*) ;; *) exact=inexact ;; esac
fi
cd -P tree
if [ "$4" -gt 0 ]; then
  tail -c "+$(($3 + 1))" ../input | head -c "$4" | xargs -0 sh -c '[ "$#" -eq 0 ] || chmod -- u+wx "$@"' sh
fi
tail -c "+$(($3 + $4 + 1))" ../input | xargs -0 sh -ec '
rm -df -- "$@" 2>/dev/null || for path do
  if [ -d "$path" ] && [ ! -L "$path" ]; then rmdir -- "$path"; else rm -f -- "$path"; fi
done' sh
rm -f ../input
: > ../linked
cd -P ..
echo $exact
echo $kept
find linked -printf '%C@' 2>/dev/null || :
echo
${FREE}
if [ -s written ]; then cat written; fi
rm -f written linked`

/**
 * Takes files over that an attempt has staged before. Parameters: sidecar. Input: their paths. Prints `taken` where all of them were; else any may
 * have been. Their directories are made where they are not there, and get their times and modes later.
 */
export const TAKE = `${COMMON}
cd -- "$1/staging/before"
case $(cp --version 2>&1) in *GNU*) ;; *) exit 0 ;; esac
xargs -0 sh -c '[ "$#" -eq 0 ] || cp -dfl --parents -t ../tree -- "$@"' sh || exit 0
echo taken`

/**
 * Parameters: sidecar, whose staging directory it is, `begun` where there was one. What still writes there was told to end, and may need a moment. Ends otherwise where
 * somebody else has taken its place.
 */
export const DISCARD = `${COMMON}
if ! cd -- "$1" 2>/dev/null; then [ "$3" != begun ] || exit ${OVERTAKEN}; exit 0; fi
if [ -e next/sealed ] || { [ -s staging/owner ] && [ "$(cat staging/owner)" != "$2" ]; } ||
  { [ "$3" = begun ] && [ ! -e staging ]; }; then exit ${OVERTAKEN}; fi
aside staging
for left in gone.*; do
  if there "$left"; then sleep 1; drop gone.* || :; break; fi
done
cd .. && { rmdir -- "$1" 2>/dev/null || :; }`
