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
