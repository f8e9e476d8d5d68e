/** Files that one tar is started for, and that share an answer. */
const AT_ONCE = 200

/** What in an archive tells of extended attributes, ACLs, labels and holes. */
const MARKS = ['SCHILY.xattr.', 'SCHILY.acl.', 'LIBARCHIVE.xattr.', 'RHT.security.', 'GNU.sparse.']

/** The largest file that is looked into: a grep may hold a whole line of it in memory. Bytes. */
export const MAX_LOOK = 32 << 20

/**
 * For hosts whose tar is bsdtar, which does not say in a listing what it would save with a file: whatever it saves is looked for in what it
 * packs. Parameters: a directory, a word that no file holds. Input: files, NUL after each. Prints for some files at a time how many they
 * are, and `plain` where none of them has anything.
 */
// A line that begins behind a NUL is no line for every grep. A file may hold such a mark, and is read for nothing then. The shell of some
// busyboxes takes its own tar, unless it is told where another one is.
export const PLAIN_BATCHES = `cd -- "$1" || exit 66
tar=$(command -v tar) whole=$2
export tar whole
exec xargs -0 -n ${AT_ONCE} sh -c '
[ "$#" -gt 0 ] || exit 0
seen=$({ COPYFILE_DISABLE=1 "$tar" -c -f - --format=pax -n -- "$@" 2>/dev/null; printf "\\n%s=%s\\n" "$whole" "$?"; } |
  tr "\\000" "\\n" | grep -aoF ${MARKS.map(mark => `-e ${mark}`).join(' ')} -e "$whole=0" | sort -u)
if [ "$seen" = "$whole=0" ]; then echo "$# plain"; else echo "$# more"; fi' sh`

/** Reads what the script printed for so many files. Where it does not speak of all of them, it speaks for none. */
export function plainInBatches(printed: string, count: number): boolean[] {
  const batches = [...printed.matchAll(/^(\d+) (plain|more)$/gm)].map(([, size, what]) => ({size: Number(size), what}))
  const total = batches.reduce((sum, {size}) => sum + size, 0)
  if (total !== count) return Array.from({length: count}, () => false)
  return batches.flatMap(({size, what}) => Array.from({length: size}, () => what === 'plain'))
}
