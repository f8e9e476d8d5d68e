/**
 * Scripts that list files, for hosts with GNU find and for others. What they print begins with a field that says who made it:
 * a time for GNU find; `c` or `f` for the `stat` of busybox and GNU or of a BSD, whose output is parsed elsewhere.
 */

/** What GNU find is to print of each file: so many fields, a NUL after each. */
export const GNU_FIELDS = 11
export const GNU_RECORDS = "-printf '%P\\0%y\\0%m\\0%U\\0%G\\0%s\\0%T@\\0%C@\\0%D:%i\\0%n\\0%l\\0'"

/** Stands between the time of a listing and the numbers of mapped files. */
export const MAPPED = ' // '

// No path that find prints holds two slashes in a row, so these keep records apart whatever a name holds.
const STAT = `stat -c '%n//%f %u %g %s %Y %y %z %d:%i %h %Z//'`
const BSD_STAT = `stat -f '%N//%Xp %u %g %z %Fm %Fc %d:%i %l//'`

/** Sets `lister`: `gnu`, `c`, `f`, or `none` where no tool tells what a listing needs. */
export const CHOOSE_LISTER = `case $(find --version 2>/dev/null) in
*'GNU find'*) lister=gnu ;;
*) if stat -c %y . >/dev/null 2>&1; then lister=c; elif stat -f %Fm . >/dev/null 2>&1; then lister=f; else lister=none; fi ;;
esac`

// A pipe is made now, and its time comes from the clock that also stamps the files: date knows seconds only. Who maps a file after that time
// and writes to it gives it a later one.
const CLOCKS = `case $lister in
gnu) printf '%s%s\\0' "$(date +%s.%N)" "$(\${crabbox_mapped:-:})" ;;
c) printf 'c\\0%s%s\\0' "$(: | stat -L -c '%Y %y' /dev/stdin 2>/dev/null || date '+%s x x.0')" "$(\${crabbox_mapped:-:})" ;;
f) printf 'f\\0%s\\0' "$(: | stat -f '%Fm' 2>/dev/null || date +%s)" ;;
*) echo 'no find and stat that tell the times of files' >&2; exit 69 ;;
esac`

/**
 * Has a listing say after its time which files programs have mapped to write to, by their inode numbers, as far as Linux tells this user. What
 * is written so moves no time but when a page is first written to.
 */
export const SAY_MAPPED = `mapped_files() {
  cat /proc/[0-9]*/maps 2>/dev/null |
  awk '$2 ~ /^.w.s/ && $5 > 0 && $6 !~ /^\\/(dev\\/|memfd:|SYSV)/ && !seen[$5]++ { printf n++ ? " %s" : "${MAPPED}%s", $5 }' 2>/dev/null
}
crabbox_mapped=mapped_files`

// Link targets have no end that they could not hold themselves, so they come apart, and readlink's newline with them.
const READLINKS = `'for path do printf "%s\\0" "$path"; readlink "$path"; printf "\\0"; done'`

// The clock is read on the same host, before the first file, to know which changes are too fresh to be told apart.
const LIST_PLAIN = `cd -- "$1" || exit 66
${CLOCKS}
export TZ=UTC0
status=0
case $lister in
gnu) exec find . -xdev ${GNU_RECORDS} ;;
c) find . -xdev -exec ${STAT} {} + || status=$? ;;
f) find . -xdev -exec ${BSD_STAT} {} + || status=$? ;;
esac
printf '\\0'
find . -xdev -type l -exec sh -c ${READLINKS} sh {} + || status=$?
exit "$status"`

/**
 * Lists the directory that the first parameter names, with the lister that was chosen; where the second is `packed` and the host has gzip,
 * through that. Ends with what the listing ended with.
 */
export const LIST_CHOSEN = `list() (
${LIST_PLAIN}
)
if [ "$2" = packed ] && gzip -1 -c </dev/null >/dev/null 2>&1; then
  exec 3>&1
  status=$({ { code=0; list "$1" 3>&- 4>&- || code=$?; echo "$code" >&4; } | gzip -1 -c >&3 4>&-; } 4>&1)
  exit "$status"
fi
list "$1"`

export const LIST = `${CHOOSE_LISTER}
${LIST_CHOSEN}`

/** Lists some of the directory that the first parameter names. Paths come on standard input; how deep to look below is the second. */
export const LIST_SOME = `${CHOOSE_LISTER}
cd -- "$1" || exit 66
${CLOCKS}
export TZ=UTC0
depth=$2 lister=$lister exec xargs -0 sh -c '
[ "$#" -gt 0 ] || exit 0
status=0
case $lister in
gnu) exec find "$@" -xdev -maxdepth "$depth" ${GNU_RECORDS.replaceAll("'", '"').replace('%P', '%p')} ;;
c) find "$@" -xdev -maxdepth "$depth" -exec ${STAT.replaceAll("'", '"')} {} + || status=$? ;;
f) find "$@" -xdev -maxdepth "$depth" -exec ${BSD_STAT.replaceAll("'", '"')} {} + || status=$? ;;
esac
printf "\\0"
links='\\''${READLINKS.slice(1, -1)}'\\''
find "$@" -xdev -maxdepth "$depth" -type l -exec sh -c "$links" sh {} + || status=$?
printf "\\0"
exit "$status"' sh`
