/** Whether the host's tar is a certain one. */
export const TAR_IS = `tar_is() { case $(tar --version 2>&1) in *"$1"*) return 0 ;; esac; return 1; }
`

/**
 * Metadata of directories, as tarballs: `pack` writes some of them for a list of paths on its input, below $2, with names that
 * begin with $1; `unpack` applies all of these to $2. A tar that takes no list from its input gets parameters, and is busybox's,
 * which leaves modes of directories alone that are there already, but for root: they lie beside, each before its path. What busybox's xargs
 * starts puts back what it has not read of its input when it ends, where that is a file: so it gets a pipe.
 */
export const PACK = `${TAR_IS}pack() {
  if tar_is 'GNU tar'; then
    tar --create --file="$1.tar" --directory="$2" --format=posix --numeric-owner --xattrs --acls --no-recursion --null --verbatim-files-from --files-from=-
  elif tar_is bsdtar; then tar -c -f "$1.tar" -C "$2" --format=pax --numeric-owner -n --null -T -
  else
    into=$PWD/$1
    (cd -- "$2"; into=$into xargs -0 sh -c '[ "$#" -eq 0 ] || tar -c -f "$into.$$.tar" --no-recursion "$@"
    for path do printf "%s\\0%s\\0" "$(stat -c %a -- "$path")" "$path"; done >> "$into.modes"' sh)
  fi
}
`

/** The other half of it. */
export const UNPACK = `unpack() {
  for tarball in "$1".tar "$1".*.tar; do
    if [ ! -s "$tarball" ]; then continue; fi
    if tar_is 'GNU tar'; then
      tar --extract --file="$tarball" --directory="$2" --preserve-permissions --numeric-owner --xattrs --xattrs-include='*' --acls
    elif tar_is bsdtar; then tar -x -p -f "$tarball" -C "$2" --numeric-owner
    else tar -x -p -f "$tarball" -C "$2"; fi
  done
  if [ -s "$1.modes" ]; then cat "$1.modes" | (cd -- "$2" && exec xargs -0 -n 2 chmod --); fi
}
`
