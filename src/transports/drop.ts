/**
 * A function of `sh` that removes trees, also where somebody took the write permission from directories in them. It changes no file's mode: a file
 * may have names elsewhere.
 */
export const DROP = `drop() {
  rm -rf -- "$@" 2>/dev/null && return 0
  find "$@" -type d ! -perm -u+rwx -exec chmod u+rwx {} \\; 2>/dev/null || :
  rm -rf -- "$@"
}
`

/** Adds `drop_at_last`, for trees in which a program may still write whose client is gone: it ends when it has used up its input. */
export const DROP_AT_LAST = `${DROP}
drop_at_last() {
  for patience in 1 2 3 4 5; do
    if left=$(drop "$@" 2>&1); then return 0; fi
    case $left in *'not empty'*) sleep 1 ;; *) break ;; esac
  done
  drop "$@"
}
`
