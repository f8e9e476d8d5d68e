import {GNU_TAR} from './dialect/tar.js'
import {FINGERPRINT} from './fingerprint.js'

// Blocks that can be shared need not be copied, and only cp shares them. An empty file, or one that lies in its inode, would tell nothing.
const SHARES = `shares=
big=$(find . -xdev -type f -size +8 -print -quit)
if [ -n "$big" ] && cp --reflink=always -- "$big" "$1/../shared" 2>/dev/null; then shares=yes; fi
rm -f -- "$1/../shared"`

// For bytes that are copied, one tar that reads and one for each copy that writes take half of the time of as many cp: the files are opened
// and read once. Whoever does not get all of it says so by its exit, and what it has made is looked at.
const SHARE = `for into do
  at=$((at + 1))
  (
    cd -- "$into" || exit 1
    if [ -n "$bare" ]; then cp -dRx --reflink=auto --preserve=mode,ownership,timestamps,links -- "$source/." .
    else cp -ax --reflink=auto -- "$source/." .; fi && echo "$at"
  ) &
done
wait`

const FAN_OUT = `free=$(df -Pk -- "$1" | awk 'NR == 2 { print $4 }')
case $free in *[!0-9]* | '') ;; *) [ "$free" -ge "$((size * $#))" ] || exit 0 ;; esac
pipes=$1/../pipes
mkdir -- "$pipes" || exit 0
for into do
  at=$((at + 1))
  mkfifo -- "$pipes/$at" || exit 0
done
at=0
for into do
  at=$((at + 1))
  (
    exec <"$pipes/$at"
    (set -- "$into" "$attributes" "$bare"
    ${GNU_TAR.extract}
    ) && echo "$at"
  ) &
done
(
  set --
  while [ "$at" -gt 1 ]; do
    set -- "$@" "$pipes/$at"
    at=$((at - 1))
  done
  # One that ends too soon must not end the others.
  trap '' PIPE
  { ${GNU_TAR.copy} || : >"$pipes/failed"; } | tee -- "$@" >"$pipes/1"
)
# Who still waits for a writer hears that there is none.
while [ "$at" -gt 0 ]; do
  : <>"$pipes/$at"
  at=$((at - 1))
done
wait
if [ -e "$pipes/failed" ]; then exit 0; fi
rm -rf -- "$pipes"`

/**
 * Parameters: a directory, how it is to look: its fingerprint, its change time; how many kilobytes it takes, which extended attributes are copied,
 * `bare` where nothing has any; and then empty directories. Prints a line for each of these that all was copied into, with its number, from 1,
 * and `same` where the first directory still looks as it is to after that.
 */
// Nothing of the copies is removed here: when its client has gone unseen, this may still run while another attempt is made.
export const COPY = `source=$1 fingerprint=$2 changed=$3 size=$4 attributes=$5 bare=$6
shift 6
case $(cp --version 2>&1) in *GNU*) ;; *) exit 0 ;; esac
command -v sha256sum >/dev/null || exit 0
cd -- "$source" || exit 0
${SHARES}
at=0
if [ -n "$shares" ]; then
${SHARE}
else
${FAN_OUT}
fi
if [ "$(${FINGERPRINT})" = "$fingerprint  -" ] && [ "$(find "$source" -maxdepth 0 -printf %C@)" = "$changed" ]; then echo same; fi`
