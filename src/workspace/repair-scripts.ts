import {PACK, UNPACK} from './metadata-scripts.js'
import {COMMON, OVERTAKEN} from './script-parts.js'

/** Parameters: sidecar, whose undo it is. Makes room for files that the kept tree needs again. */
export const FETCH_ROOM = `${COMMON}
cd -- "$1"
[ ! -e next/sealed ] || exit ${OVERTAKEN}
aside staging
mkdir staging
own staging "$2"
mkdir staging/repair`

/**
 * Parameters: sidecar, bytes of the first list, bytes of all of the input, whose undo it is. Input: directories of the kept tree, and then what moves into them.
 * They have times and modes of their own, which are those of no checkpoint and stay. It may still wait for its input when somebody else has
 * begun another staging directory, so it works in its own until all has come.
 */
export const PUT_BACK = `${COMMON}${PACK}${UNPACK}
cd -- "$1/staging"
[ "$(cat owner)" = "$4" ] || exit ${OVERTAKEN}
receive list "$3"
first "$2" list > holders
room=../../staging
cd ../undo/tree
pack "$room/holders" . < "$room/holders"
cat "$room/holders" | xargs -0 sh -c '[ "$#" -eq 0 ] || chmod -- u+wx "$@"' sh
tail -c "+$(($2 + 1))" "$room/list" | xargs -0 sh -ec '
for path do mv -fT -- "../../staging/repair/$path" "$path" 2>/dev/null || { [ ! -d "$path" ] && mv -f -- "../../staging/repair/$path" "$path"; }; done' sh
unpack "$room/holders" .
cd ../.. && drop staging`
