import {PACK, UNPACK} from './metadata-scripts.js'
import {COMMON} from './script-parts.js'

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
if [ "$2" -gt 0 ]; then head -c "$2" "$room/list" > "$room/holders"; else : > "$room/holders"; fi
pack "$room/holders" . < "$room/holders"
cat "$room/holders" | xargs -0 sh -c '[ "$#" -eq 0 ] || chmod -- u+wx "$@"' sh
tail -c "+$(($2 + 1))" "$room/list" | xargs -0 sh -ec '
for path do mv -fT -- "../../staging/repair/$path" "$path" 2>/dev/null || { [ ! -d "$path" ] && mv -f -- "../../staging/repair/$path" "$path"; }; done' sh
unpack "$room/holders" .
cd ../.. && drop staging`
