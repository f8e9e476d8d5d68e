import {DROP} from '../transports/drop.js'

/**
 * What the scripts that change a workdir share: functions of `sh`. Beside the workdir lies its sidecar, on the same file system:
 *
 * - `staging/`: the new content while it is built. `unit` names what will be replaced, `tree/` holds it at its path,
 *   `dirs.tar` the metadata that directories outside of it get. With `metadata` there is nothing but that. `owner` says who builds it, `attempt` who
 *   may go on with it, and `before/` is what the same attempt had built when its connection was lost.
 * - `next/`: what a swap in progress has replaced so far, and all that is needed to finish it: whose it is, too. `sealed` is its last file.
 * - `undo/`: what the last finished swap replaced. It has the form of a staging directory, so undo is a swap from here.
 *
 * Paths come in files or on standard input, since they are bytes and a parameter might not carry them.
 */

/** How a script ends where a directory on the way to the unit gave place to a link, or was moved. */
export const ELSEWHERE = 76

/**
 * `into` goes to the directory that holds the unit of a target, where `name` is what it is called. A link on the way would lead out of the workdir,
 * and whoever may write there may put one there at any time: so nothing is replaced by its path, but by its name where it was gone to. `straight` sees that directories,
 * by their paths on its input, are reached through no link, and are none. The whole workdir is only no link itself: what holds it is Crabbox's own.
 *
 * A script whose client went away unseen may still run, or wait for its input: what it writes to is renamed first, which cannot fail for that, and
 * it works in its own directory until all of its input has come, which `receive` sees to. A BSD's `head` takes no count of nothing, so `first` does.
 */
export const COMMON = `set -eu
umask 077
there() { [ -e "$1" ] || [ -L "$1" ]; }
plain() { [ -L "$1" ] || { [ -e "$1" ] && [ ! -d "$1" ]; }; }
at() { if [ -z "$unit" ]; then found=$1; else found=$1/$unit; fi; }
into() {
  name=\${1##*/}
  way=
  if [ -z "$unit" ]; then
    if [ ! -L "$1" ]; then cd -- "\${1%"$name"}"; return; fi
  else
    name=\${unit##*/}
    way=\${unit%"$name"}
    way=\${way%/}
  fi
  if [ ! -L "$1" ] && cd -P -- "$1"; then
    root=$PWD\${way:+/$way}
    if cd -P -- "./$way" && [ "$PWD" = "$root" ]; then return 0; fi
  fi
  echo "$1\${way:+/$way} is a link, or not where it was" >&2
  return ${ELSEWHERE}
}
straight() {
  root=$(cd -P -- "$1" && printf %s. "$PWD")
  root=\${root%.} xargs -0 sh -c '
for path do
  path=\${path#./}
  name=\${path##*/}
  way=\${path%"$name"}
  way=$root\${way:+/\${way%/}}
  cd -P -- "$way" 2>/dev/null && [ "$PWD" = "$way" ] && [ -d "./$name" ] && [ ! -L "./$name" ] || exit 255
done' sh && return 0
  echo "a directory in $1 is a link, or not where it was" >&2
  return ${ELSEWHERE}
}
read_unit() { unit=$(cat "$1"; printf .); unit=\${unit%.}; }
${DROP}aside() { for name do if there "$name"; then mv -f -- "$name" "gone.$$.$name"; fi; done; drop gone.* 2>/dev/null || :; }
twin() { ln -P -- "$1" "$2" 2>/dev/null || { [ ! -L "$1" ] && ln -- "$1" "$2" 2>/dev/null; } || { cp -a -- "$1" "\${2%/*}/.copied" && mv -f -- "\${2%/*}/.copied" "$2"; }; }
receive() { cat > "$1"; [ "$(wc -c < "$1")" -eq "$2" ] || { echo 'the client went away' >&2; exit 1; }; }
own() { printf %s "$2" > "$1/owner.new" && mv -f -- "$1/owner.new" "$1/owner"; }
first() { if [ "$1" -gt 0 ]; then head -c "$1" "$2"; fi; }
move() {
  if mv -fT -- "$1" "$2" 2>/dev/null; then return 0; fi
  if [ -L "$2" ]; then rm -f -- "$2"; fi
  if [ -d "$2" ]; then echo "$2 is in the way" >&2; return 1; fi
  mv -f -- "$1" "$2"
}
`

/** How a script ends where what it is to replace was moved aside, and something else is there since. */
export const ANEW = 77

/** How a script ends where somebody else is at work on the same workdir, with whom no lock is shared. */
export const OVERTAKEN = 75

/**
 * Whether what is built here is of a client that is not this one, and may still be at work: a restore that takes longer begins anew.
 * Whoever names no client leaves nothing to others.
 */
export const THEIRS = `theirs() {
  if [ -z "$1" ]; then return 1; fi
  for owner in staging/owner next/owner; do
    if [ ! -s "$owner" ]; then continue; fi
    case $(cat "$owner") in "$1"-*) continue ;; esac
    if [ -n "$(find "$owner" -mmin -60)" ]; then return 0; fi
  done
  return 1
}
`

/**
 * A swap may be finished by anybody, but by one at a time: whoever does it notes his process, and others wait for that while it lives. After a
 * restart of the host the number may be another's, so nobody waits for ever.
 */
export const CLAIM = `claim() {
  waited=0
  while [ -e next/sealed ] && [ "$waited" -lt 60 ]; do
    pid=$(cat next/pid 2>/dev/null) || pid=
    if [ -z "$pid" ] || [ "$pid" = "$$" ] || ! kill -0 "$pid" 2>/dev/null; then break; fi
    sleep 1
    waited=$((waited + 1))
  done
  if [ -e next/sealed ]; then { echo "$$" > next/pid; } 2>/dev/null || :; fi
}
`

/** Whether the staging directory is that of an attempt with this name, which is not that of no attempt. */
export const OURS = `ours() { [ -n "$1" ] && [ -d staging/tree ] && [ "$(cat staging/attempt 2>/dev/null)" = "$1" ]; }
`

/**
 * Whoever is not the superuser can neither move a directory without write permission nor change what is in it. `opened`
 * notes its mode under a name, in the sidecar `$side`, and gives the permission, `closed` puts the mode back.
 */
export const MODES = `opened() {
  if [ -L "$1" ] || [ ! -d "$1" ] || [ -w "$1" ]; then return 0; fi
  { stat -c %a -- "$1" 2>/dev/null || stat -f %Mp%Lp -- "$1"; } > "$side/next/$2.new" && mv -f "$side/next/$2.new" "$side/next/$2"
  chmod -- u+wx "$1"
}
closed() { if [ -e "$side/next/$2" ] && [ -d "$1" ] && [ ! -L "$1" ]; then chmod -- "$(cat "$side/next/$2")" "$1"; fi; }
`
