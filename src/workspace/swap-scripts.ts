/**
 * The scripts that change a workdir. Beside it lies its sidecar, on the same file system:
 *
 * - `staging/`: the new content while it is built. `unit` names what will be replaced, `tree/` holds it at its path,
 *   `dirs.tar` the metadata that directories outside of it get. With `metadata` there is nothing but that.
 * - `next/`: what a swap in progress has replaced so far, and all that is needed to finish it. `sealed` is its last file.
 * - `undo/`: what the last finished swap replaced. It has the form of a staging directory, so undo is a swap from here.
 *
 * Paths come in files or on standard input, since they are bytes and a parameter might not carry them.
 */

/** What these scripts share. A script whose client went away unseen may still run: what it writes to is renamed first, which cannot fail for that. */
const COMMON = `set -eu
umask 077
there() { [ -e "$1" ] || [ -L "$1" ]; }
plain() { [ -L "$1" ] || { [ -e "$1" ] && [ ! -d "$1" ]; }; }
at() { if [ -z "$unit" ]; then found=$1; else found=$1/$unit; fi; }
read_unit() { unit=$(cat "$1"; printf .); unit=\${unit%.}; }
drop() { rm -rf -- "$@" 2>/dev/null || { find "$@" -type d ! -perm -u+rwx -exec chmod u+rwx {} \\; 2>/dev/null || :; rm -rf -- "$@"; }; }
aside() { for name do if there "$name"; then mv -f -- "$name" "gone.$$.$name"; fi; done; drop gone.* 2>/dev/null || :; }
twin() { ln -P -- "$1" "$2" 2>/dev/null || { [ ! -L "$1" ] && ln -- "$1" "$2" 2>/dev/null; } || cp -a -- "$1" "$2"; }
move() {
  if mv -fT -- "$1" "$2" 2>/dev/null; then return 0; fi
  if [ -L "$2" ]; then rm -f -- "$2"; fi
  if [ -d "$2" ]; then echo "$2 is in the way" >&2; return 1; fi
  mv -f -- "$1" "$2"
}
`

// Metadata of directories, as tarballs: \`pack\` writes some of them for a list of paths on its input, below $2, with names that
// begin with $1; \`unpack\` applies all of these to $2. A tar that takes no list from its input gets parameters, and is busybox's,
// which leaves modes of directories alone that are there already, but for root: they lie beside, each before its path. What busybox's xargs
// starts puts back what it has not read of its input when it ends, where that is a file: so it gets a pipe.
const TAR_IS = `tar_is() { case $(tar --version 2>&1) in *"$1"*) return 0 ;; esac; return 1; }
`

const PACK = `${TAR_IS}pack() {
  if tar_is 'GNU tar'; then
    tar --create --file="$1.tar" --directory="$2" --format=posix --xattrs --acls --no-recursion --null --verbatim-files-from --files-from=-
  elif tar_is bsdtar; then tar -c -f "$1.tar" -C "$2" --format=pax -n --null -T -
  else
    into=$PWD/$1
    (cd -- "$2"; into=$into xargs -0 sh -c '[ "$#" -eq 0 ] || tar -c -f "$into.$$.tar" --no-recursion "$@"
    for path do printf "%s\\0%s\\0" "$(stat -c %a -- "$path")" "$path"; done >> "$into.modes"' sh)
  fi
}
`

const UNPACK = `unpack() {
  for tarball in "$1".tar "$1".*.tar; do
    if [ ! -s "$tarball" ]; then continue; fi
    if tar_is 'GNU tar'; then
      tar --extract --file="$tarball" --directory="$2" --preserve-permissions --xattrs --xattrs-include='*' --acls
    else tar -x -p -f "$tarball" -C "$2"; fi
  done
  if [ -s "$1.modes" ]; then cat "$1.modes" | (cd -- "$2" && exec xargs -0 -n 2 chmod --); fi
}
`

// Whoever is not the superuser can neither move a directory without write permission nor change what is in it. `opened`
// notes its mode under a name and gives the permission, `closed` puts the mode back.
const MODES = `opened() {
  if [ -L "$1" ] || [ ! -d "$1" ] || [ -w "$1" ]; then return 0; fi
  { stat -c %a -- "$1" 2>/dev/null || stat -f %Mp%Lp -- "$1"; } > "next/$2.new" && mv -f "next/$2.new" "next/$2"
  chmod -- u+wx "$1"
}
closed() { if [ -e "next/$2" ] && [ -d "$1" ]; then chmod -- "$(cat "next/$2")" "$1"; fi; }
`

// Whether the staging directory is that of an attempt with this name, which is not that of no attempt.
const OURS = `ours() { [ -n "$1" ] && [ -d staging/tree ] && [ "$(cat staging/attempt 2>/dev/null)" = "$1" ]; }
`

// Goes on with a tree in directories of its own, since a tar of the attempt before may still be there: it sets modes and times of its
// directories when it hears that the connection is gone, and that may be in an hour.
const GO_ON = `go_on() {
  mv -f staging/tree staging/old && cp -al staging/old staging/tree 2>/dev/null || return 1
  mv -f staging/old "gone.$$.tree" && { drop gone.* 2>/dev/null || :; }
  find staging/tree -type d ! -perm -u+rwx -exec chmod u+rwx {} \\;
}
`

const FREE = `df -Pk . | awk 'NR == 2 { print $4 }'`

/**
 * Parameters: sidecar, `content` or `metadata`, which attempt may go on with what it has staged. Input: the unit. Prints the free
 * kilobytes, and `kept` where there is something to go on with.
 */
export const PREPARE = `${COMMON}${OURS}${GO_ON}
[ -d "$1" ] || mkdir -- "$1"
cd -- "$1"
kept=
if ours "$3" && go_on; then kept=kept
else
  aside staging next old
  mkdir staging
  if [ "$2" = metadata ]; then : > staging/metadata; else mkdir staging/tree; fi
  printf %s "$3" > staging/attempt
fi
cat > staging/unit
${FREE}
echo $kept`

/**
 * Begins a staging directory with a copy of what is there, by hard links. Parameters: sidecar, target, bytes of the first and of the second part
 * of the input. Input: the unit, directories of the copy whose content changes, and then paths to remove from it, children first. Prints the
 * free kilobytes, and `inexact` where directories may have got other times than those they had.
 */
export const FARM = `${COMMON}
[ -d "$1" ] || mkdir -- "$1"
cd -- "$1"
aside staging next old
mkdir staging staging/tree
cat > staging/input
head -c "$3" staging/input > staging/unit
read_unit staging/unit
at "$2"; live=$found
at staging/tree; copy=$found
exact=
if [ -d "$live" ] && [ ! -L "$live" ]; then
  mkdir -p -- "\${copy%/*}"
  if [ -z "$unit" ]; then rmdir staging/tree; fi
  cp -al -- "$live" "$copy" 2>/dev/null || { drop "$copy"; cp -a -- "$live" "$copy"; }
  case $(cp --version 2>&1) in *GNU*) ;; *) exact=inexact ;; esac
fi
cd staging/tree
tail -c "+$(($3 + 1))" ../input | head -c "$4" | xargs -0 sh -c '[ "$#" -eq 0 ] || chmod -- u+wx "$@"' sh
tail -c "+$(($3 + $4 + 1))" ../input | xargs -0 sh -ec '
rm -df -- "$@" 2>/dev/null || for path do
  if [ -d "$path" ] && [ ! -L "$path" ]; then rmdir -- "$path"; else rm -f -- "$path"; fi
done' sh
rm -f ../input
${FREE}
echo $exact`

// What is left of a sealed swap; can be stopped and run again at any line.
const FINISH = `source=$(cat next/source)
read_unit next/unit
at "$2"; live=$found
at "$source/tree"; staged=$found
at next/tree; kept=$found
place=\${live%/*}
opened "$place" place-mode
if [ -e next/existed ] && ! there "$kept"; then
  mkdir -p -- "\${kept%/*}"
  if plain "$live" && plain "$staged"; then twin "$live" "$kept"
  else opened "$live" kept-mode; move "$live" "$kept"; fi
fi
closed "$kept" kept-mode
if there "$staged"; then opened "$staged" live-mode; move "$staged" "$live"; fi
closed "$live" live-mode
closed "$place" place-mode
unpack "$source/dirs" "$2" 2>/dev/null || :
if [ "$(cat next/keep)" = drop ]; then
  rm -f next/sealed
  cd .. && { drop "$1" || :; }
  exit 0
fi
drop old
if [ -e undo ]; then move undo old; fi
move next undo
drop old staging`

/**
 * Parameters: sidecar, target, keep or drop, source directory, bytes of the first part of the input, bytes of all of it. Input: directories
 * whose metadata is kept for undo, and then the bytes of `next/meta.json`. Nothing is changed until it is sealed; from there on the swap will
 * happen: whoever finds it sealed finishes it. Prints the change time that the target has then, where GNU find is.
 */
export const SWAP = `${COMMON}${PACK}${UNPACK}${MODES}
cd -- "$1"
drop next && mkdir next
cp -- "$4/unit" next/unit
printf %s "$3" > next/keep
printf %s "$4" > next/source
cat > next/input
[ "$(wc -c < next/input)" -eq "$6" ] || { echo 'the client went away' >&2; exit 1; }
tail -c "+$(($5 + 1))" next/input > next/meta.json
read_unit next/unit
at "$2"
[ -d "\${found%/*}" ] || { echo "\${found%/*} is no directory" >&2; exit 1; }
if [ -e "$4/metadata" ]; then : > next/metadata
elif there "$found"; then : > next/existed; fi
if [ "$5" -gt 0 ]; then
  head -c "$5" next/input | pack next/dirs "$2"
fi
rm -f next/input
: > next/sealed
(${FINISH}
)
cd /
find "$2" -maxdepth 0 -printf %C@ 2>/dev/null || :`

/** Parameters: sidecar. Makes room for files that the kept tree needs again. */
export const FETCH_ROOM = `${COMMON}
cd -- "$1"
drop staging && mkdir -p staging/repair`

/**
 * Parameters: sidecar, bytes of the first list. Input: directories of the kept tree, and then what moves into them. They
 * have times and modes of their own, which are those of no checkpoint and stay.
 */
export const PUT_BACK = `${COMMON}${PACK}${UNPACK}
cd -- "$1/undo/tree"
room=../../staging
cat > "$room/list"
head -c "$2" "$room/list" > "$room/holders"
pack "$room/holders" . < "$room/holders"
cat "$room/holders" | xargs -0 sh -c '[ "$#" -eq 0 ] || chmod -- u+wx "$@"' sh
tail -c "+$(($2 + 1))" "$room/list" | xargs -0 sh -ec '
for path do mv -fT -- "../../staging/repair/$path" "$path" 2>/dev/null || { [ ! -d "$path" ] && mv -f -- "../../staging/repair/$path" "$path"; }; done' sh
unpack "$room/holders" .
cd ../.. && drop staging`

/** Parameters: sidecar. What still writes there was told to end, and may need a moment. */
export const DISCARD = `${COMMON}
cd -- "$1" 2>/dev/null || exit 0
aside staging
for left in gone.*; do
  if there "$left"; then sleep 1; drop gone.* || :; break; fi
done
cd .. && { rmdir -- "$1" 2>/dev/null || :; }`

/** Parameters: sidecar, target, which attempt goes on. Finishes a swap that had begun, removes what had not, but for what that attempt has staged. */
export const RECOVER = `${COMMON}${TAR_IS}${UNPACK}${MODES}${OURS}
[ -d "$1" ] || exit 0
cd -- "$1" 2>/dev/null || exit 0
if [ ! -e next/sealed ]; then
  if ours "$3"; then exit 0; fi
  aside next staging old
  cd .. && { rmdir -- "$1" 2>/dev/null || :; }
  exit 0
fi
${FINISH}`
