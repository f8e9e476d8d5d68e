import {tarTime} from '../time.js'

/** What the tars of this world differ in. */
export interface TarDialect {
  /** `plain`: busybox's, which knows neither extended headers nor attributes. */
  readonly name: 'gnu' | 'libarchive' | 'plain'
  /**
   * Parameter: a directory. Input: its files, NUL after each. Output: a tarball with extended headers, in records of so many blocks as
   * `crabbox_blocks` says, where it says something. Null for `plain`.
   */
  readonly create: string | null
  /** Parameters: a directory, which extended attributes, `bare` where there are none in an empty one. Input: a tarball. */
  readonly extract: string
  /** Whether a file has the time that it should, as far as the host can set it. */
  readonly sameTime: (found: string, wanted: string) => boolean
  /** Whether complaints of an unpacking tar are none of ours, since what it wrote is compared afterwards. */
  readonly harmless: (errors: string) => boolean
  /** What a checkpoint of such a host does not hold; for people. */
  readonly losses: string | null
}

/** Blocks of a record. With its own twenty, GNU tar spends more time in a socket than on reading files, and a seventh of what it takes to write them. */
const BLOCKS = '128'

/** The same for a tarball that is made, which is filled up to it: whoever knows that it is small says less. */
const RECORD = `\${crabbox_blocks:-${BLOCKS}}`

// One round trip: names go in, a tarball comes out. Names begin with ./ so that none is taken for an option. Change times tell whether what was
// read is what was listed.
const gnu: TarDialect = {
  name: 'gnu',
  create: `exec tar --create --file=- --directory="$1" --format=posix --sparse --xattrs --acls \\
  --pax-option=delete=atime,exthdr.name=%d/PaxHeaders/%f \\
  --blocking-factor="${RECORD}" --no-recursion --ignore-failed-read --null --verbatim-files-from --files-from=-`,
  // Asking for attributes that nothing has takes a fifth of the time. What is made in a directory with a default ACL would have one, though,
  // of which only the ls of GNU is known to tell.
  extract: `bare=
if [ "$3" = bare ]; then case $(ls --version 2>&1) in *GNU*) case $(ls -ld -- "$1") in ??????????+*) ;; *) bare=bare ;; esac ;; esac; fi
set -- "$1" --xattrs --xattrs-include="$2" --acls
if [ -n "$bare" ]; then set -- "$1"; fi
directory=$1
shift
exec tar --extract --file=- --directory="$directory" --blocking-factor=${BLOCKS} "$@" --preserve-permissions \\
  --delay-directory-restore --ignore-zeros --numeric-owner`,
  sameTime: (found, wanted) => found === wanted,
  harmless: () => false,
  losses: null,
}

// On macOS, attributes would come as files of their own, which nobody asked for.
const libarchive: TarDialect = {
  name: 'libarchive',
  create: `COPYFILE_DISABLE=1 exec tar -c -f - -C "$1" --format=pax -b "${RECORD}" -n --null -T -`,
  extract: 'exec tar -x -f - -C "$1" -p --numeric-owner',
  // It gets fractions of seconds before 1970 wrong, in both directions.
  sameTime: (found, wanted) =>
    found === wanted || (wanted.startsWith('-') && Math.abs(wholeSeconds(found) - wholeSeconds(wanted)) <= 2),
  // A name that is no UTF-8 is written as it is, which bsdtar thinks worth a failure.
  harmless: errors => errors.split('\n').every(line => /^$|can't be converted from|Error exit delayed/.test(line)),
  losses: null,
}

const plain: TarDialect = {
  name: 'plain',
  create: null,
  extract: 'exec tar -x -p -f - -C "$1"',
  sameTime: (found, wanted) => wholeSeconds(found) === wholeSeconds(wanted),
  harmless: () => false,
  losses:
    "the tar of the lease's host is busybox's: extended attributes and ACLs are not saved, and holes are saved as zeros",
}

/** The dialect of a tar, by what it says of itself; null for one that the engine does not know. */
export function tarDialect(version: string): TarDialect | null {
  if (version.includes('GNU tar')) return gnu
  if (version.includes('bsdtar')) return libarchive
  return /busybox/i.test(version) ? plain : null
}

/** The second in which a time lies, rounded down, as programs do it that know seconds only. */
export function wholeSeconds(time: string): number {
  const [seconds = '0', fraction = ''] = tarTime(time).split('.')
  return seconds.startsWith('-') && Number(fraction) > 0 ? Number(seconds) - 1 : Number(seconds)
}

/** What an entry's times become there; `-0` is the second before 1970. */
export const secondsText = (time: string): string => String(wholeSeconds(time) + 0)
