import {FINGERPRINT} from './fingerprint.js'

/**
 * Parameters: a directory, how it is to look: its fingerprint, its change time; `bare` where nothing in it has extended attributes, and then empty
 * directories. Prints a line for each of these that all was copied into, with its number, from 1, and `same` where the first directory still
 * looks as it is to after that.
 */
// Nothing of the copies is removed here: when its client has gone unseen, this may still run while another attempt is made. Files that share
// their blocks where the file system can do that are not what every cp makes by itself.
export const COPY = `source=$1 fingerprint=$2 changed=$3 bare=$4
shift 4
case $(cp --version 2>&1) in *GNU*) ;; *) exit 0 ;; esac
command -v sha256sum >/dev/null || exit 0
cd -- "$source" || exit 0
at=0
for into do
  at=$((at + 1))
  (
    cd -- "$into" || exit 1
    if [ -n "$bare" ]; then cp -dRx --reflink=auto --preserve=mode,ownership,timestamps,links -- "$source/." .
    else cp -ax --reflink=auto -- "$source/." .; fi && echo "$at"
  ) &
done
wait
if [ "$(${FINGERPRINT})" = "$fingerprint  -" ] && [ "$(find "$source" -maxdepth 0 -printf %C@)" = "$changed" ]; then echo same; fi`
