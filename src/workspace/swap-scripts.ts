import {PACK, TAR_IS, UNPACK} from './metadata-scripts.js'
import {ANEW, CLAIM, COMMON, MODES, OURS, OVERTAKEN, THEIRS} from './script-parts.js'

// Whoever is overtaken has changed nothing, and what he is overtaken by is not what he has looked at.
const overtaken = (owner: string): string =>
  `if [ -e next/sealed ] || { [ "$source" = staging ] && [ "$(cat staging/owner 2>/dev/null)" != "${owner}" ]; }; then exit ${OVERTAKEN}; fi`

/**
 * Parameters: sidecar, target, keep or drop, source directory, bytes of the first part of the input, bytes of all of it, whose swap it is.
 * Input: directories whose metadata is kept for undo, and then the bytes of `next/meta.json`. Nothing is changed yet.
 */
export const SEAL = `${COMMON}${PACK}
cd -- "$1" 2>/dev/null || exit ${OVERTAKEN}
source=$4
${overtaken('$7')}
drop next && mkdir next
cd next
printf %s "$7" > owner.new && mv -f owner.new owner
cp -- "../$4/unit" unit
printf %s "$3" > keep
printf %s "$4" > source
receive input "$6"
tail -c "+$(($5 + 1))" input > meta.json
read_unit unit
if [ -e "../$4/metadata" ]; then : > metadata
elif (into "$2" && there "./$name"); then : > existed
else (into "$2"); fi
if [ "$5" -gt 0 ]; then
  head -c "$5" input > ways
  cat ways | straight "$2"
  cat ways | pack dirs "$2"
fi
rm -f input`

// Where the parts of a sealed swap lie.
const PARTS = `source=$(cat next/source)
read_unit next/unit
side=$PWD
at "$side/$source/tree"; staged=$found
at "$side/next/tree"; kept=$found`

// What is left of a sealed swap; can be stopped and run again at any line.
const FINISH = `${PARTS}
into "$2"
live=./$name
opened . place-mode
if [ -e "$side/next/existed" ] && ! there "$kept"; then
  mkdir -p -- "\${kept%/*}"
  if plain "$live" && plain "$staged"; then twin "$live" "$kept"
  else opened "$live" kept-mode; move "$live" "$kept"; fi
fi
closed "$kept" kept-mode
if there "$staged"; then opened "$staged" live-mode; move "$staged" "$live"; fi
closed "$live" live-mode
closed . place-mode
cd -- "$side"
if [ ! -s next/ways ] || cat next/ways | straight "$2" 2>/dev/null; then unpack "$source/dirs" "$2" 2>/dev/null || :; fi
if [ "$(cat next/keep)" = drop ]; then
  rm -f next/sealed
  cd .. && { drop "$1" || :; }
  exit 0
fi
aside old
if [ -d staging ]; then mv -f staging/unit staging/done 2>/dev/null || :; fi
if [ -e undo ]; then move undo old; fi
move next undo
aside old staging`

// How a swap that was sealed stands: `untouched`, where nothing has left its place; `anew`, where the user's was moved aside, or copied, and something
// else has its place since; else `begun`. A copy that is the very file has what was written since, too.
const STANDING = `same() {
  if [ -L "$1" ] || [ -L "$2" ]; then [ -L "$1" ] && [ -L "$2" ] && [ "$(readlink -- "$1")" = "$(readlink -- "$2")" ]
  else [ "$1" -ef "$2" ] || { [ -f "$1" ] && [ -f "$2" ] && cmp -s -- "$1" "$2"; }; fi
}
standing() {
${PARTS}
  if ! into "$1" 2>/dev/null; then
    if ! there "$kept" && { there "$staged" || [ -e "$side/next/existed" ]; }; then echo untouched; else echo begun; fi
    return 0
  fi
  live=./$name
  if there "$staged"; then
    if ! there "$kept"; then echo untouched
    elif ! there "$live"; then echo begun
    elif same "$live" "$kept"; then echo untouched
    else echo anew; fi
  elif [ -e "$side/next/existed" ] && there "$live" && ! there "$kept"; then echo untouched
  else echo begun; fi
}
`

// Where the user's files are still in their place, as where a directory is somebody else's and cannot be moved, they stay there: whoever comes next
// must not swap them behind the user's back.
const FINISH_OR_LEAVE = `set +e
(set -e
${FINISH}
)
finished=$?
set -e
if [ "$finished" != 0 ]; then
${PARTS}
  reached=
  if into "$2" 2>/dev/null; then reached=yes; fi
  live=./$name
  untouched=
  if there "$staged"; then
    # A file keeps its place until another takes it; a directory that is in its place again is not the one that was moved.
    if ! there "$kept" || { [ -n "$reached" ] && plain "$live" && plain "$staged" && plain "$kept"; }; then untouched=yes; fi
  elif [ -n "$reached" ] && [ -e "$side/next/existed" ] && there "$live" && ! there "$kept"; then untouched=yes; fi
  if [ -n "$untouched" ]; then
    if [ -n "$reached" ]; then
      closed "$live" kept-mode 2>/dev/null || :
      closed . place-mode 2>/dev/null || :
    fi
    rm -f "$side/next/sealed"
    echo 'the workdir is as it was' >&2
  fi
  exit "$finished"
fi`

/**
 * Parameters: sidecar, target, whose swap it is. From the line that seals it on it goes on whatever becomes of its client; `RECOVER` says what whoever finds it sealed does. Prints the change time that
 * the target has then, where GNU find is.
 */
export const SWAP = `${COMMON}${TAR_IS}${UNPACK}${MODES}
cd -- "$1" 2>/dev/null || exit ${OVERTAKEN}
source=$(cat next/source 2>/dev/null) || exit ${OVERTAKEN}
${overtaken('$3')}
[ "$(cat next/owner)" = "$3" ] || exit ${OVERTAKEN}
{ echo "$$" > next/pid; } 2>/dev/null || :
: > next/sealed
(${FINISH_OR_LEAVE}
)
cd /
find "$2" -maxdepth 0 -printf %C@ 2>/dev/null || :`

/**
 * Parameters: sidecar, target, which attempt goes on, which client leaves to others what they build; empty: it does not. Finishes a swap that had
 * moved something, and gives up one that had not: whoever has worked there since would find his files replaced. Removes what else there is, but for what that attempt has staged. Prints which it was, and nothing where nothing was there: what was staged for a swap
 * that has happened was left by one that had no time to remove it. What is not sealed is moved away before it is dropped: a swap that begins just now finds nothing to
 * seal then, or has sealed it.
 */
export const RECOVER = `${COMMON}${TAR_IS}${UNPACK}${MODES}${OURS}${THEIRS}${CLAIM}${STANDING}
[ -d "$1" ] || exit 0
cd -- "$1" 2>/dev/null || exit 0
claim
taken=
if [ ! -e next/sealed ] && [ -e next ]; then
  if ours "$3" || theirs "$4"; then exit 0; fi
  taken=gone.$$.next
  mv -f next "$taken"
  if [ -e "$taken/sealed" ]; then mv -f "$taken" next; claim; fi
fi
if [ -e next/sealed ]; then
  case $(standing "$2") in
  untouched)
    (${PARTS}
    closed "$staged" live-mode
    if into "$2" 2>/dev/null; then closed "./$name" kept-mode; closed . place-mode; fi) || :
    rm -f next/sealed ;;
  anew)
    read_unit next/unit
    printf '%s\n' "$2\${unit:+/$unit}" >&2
    exit ${ANEW} ;;
  esac
fi
if [ ! -e next/sealed ]; then
  if ours "$3" || theirs "$4"; then exit 0; fi
  if [ -e staging/done ] || [ -e old ]; then echo finished
  elif [ -n "$taken" ] || [ -e staging ] || [ -e next ]; then echo 'given up'; fi
  aside next staging old
  cd .. && { rmdir -- "$1" 2>/dev/null || :; }
  exit 0
fi
${FINISH_OR_LEAVE}
echo finished`
