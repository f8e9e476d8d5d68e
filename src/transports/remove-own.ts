/**
 * A function of `sh` that removes a tree, also where somebody took the write permission from directories in it. It changes no file's mode: a file
 * may have names elsewhere.
 */
export const REMOVE_OWN = `remove_own() {
  rm -rf -- "$@" 2>/dev/null && return 0
  find "$@" -type d ! -perm -u+rwx -exec chmod u+rwx {} \\; 2>/dev/null || :
  rm -rf -- "$@"
}
`

/** The same, for a tree in which somebody may still write whose client is gone: it ends when it has used up its input. */
export const REMOVE_AT_LAST = `${REMOVE_OWN}
remove_at_last() {
  for patience in 1 2 3 4 5; do
    if remove_own "$@" 2>/dev/null; then return 0; fi
    case $(rm -rf -- "$@" 2>&1) in *'not empty'*) sleep 1 ;; *) break ;; esac
  done
  remove_own "$@"
}
`
