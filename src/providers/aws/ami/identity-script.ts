import {READY_FILE, USER} from '../user-data.js'

/** What is kept of the machine's identity while it is taken off, for each process that did so. In memory: it must not be on the image. */
const KEEP = '/run/crabbox/identity-'

/** Puts the identity back: what the process $1 has kept, or without one all that is kept. Nothing is success. */
export const BACK = `set -eu
for keep in ${KEEP}\${1:-*}; do
  if [ -e "$keep/files.tar" ]; then
    tar -C / -xpf "$keep/files.tar" --same-owner
    rm -rf "$keep"
  fi
done
sync`

/**
 * Watches over a process, and puts the identity back once that is gone, whatever ended it. A connection that dies without a word
 * leaves the process waiting; after ten minutes it is ended.
 */
const WATCH =
  'n=0; while kill -0 "$1" 2>/dev/null; do sleep 1; n=$((n + 1)); [ $n -lt 600 ] || kill "$1" 2>/dev/null; done; exec sh -c "$2" crabbox "$1"'

// A machine that is not restarted after all gets its identity back in a few minutes.
const LATER = 'sleep 300; exec sh -c "$2" crabbox "$1"'

/**
 * Takes off what makes a machine itself, and prints \`off\`. Then it reads words from its input, and does as they say:
 *
 * - \`back\`, or the end of the input: puts everything back, and prints \`back\`.
 * - \`restart\`: the machine is about to be restarted, and is not to be itself before: the end of the input changes nothing any more.
 *
 * cloud-init may still be at its last words, for which tar answers with 1: it is asked again.
 *
 * $1 is the base64 part of the lease's public key, $2 the script that puts things back.
 */
export const TAKE_OFF = `set -eu
umask 077
key=$1
back=$2
keep=${KEEP}$$
new=/run/crabbox/new-$$
for other in ${KEEP}*; do
  if kill "\${other##*-}" 2>/dev/null; then sleep 2; fi
done
sh -c "$back" crabbox
cd /
rm -rf "$new"
mkdir -p "$new"
set --
for path in etc/machine-id etc/ssh/ssh_host_* var/lib/cloud var/log/cloud-init.log var/log/cloud-init-output.log \\
  ${READY_FILE.slice(1)} home/*/.ssh/authorized_keys root/.ssh/authorized_keys home/*/.*_history root/.*_history; do
  if [ -e "$path" ]; then set -- "$@" "$path"; fi
done
tries=0
until tar -cpf "$new/files.tar" --exclude=var/lib/cloud/seed "$@"; do
  [ $? -eq 1 ] && [ "$tries" -lt 30 ] || exit 1
  tries=$((tries + 1))
  sleep 1
done
mv -T "$new" "$keep"
trap 'sh -c "$back" crabbox $$; exit 1' HUP INT TERM
trap 'sh -c "$back" crabbox $$' EXIT
setsid sh -c '${WATCH}' crabbox "$$" "$back" </dev/null >/dev/null 2>&1 &
watch=$!
cloud-init clean --logs >/dev/null 2>&1 || :
rm -rf var/lib/cloud/instance var/lib/cloud/instances var/lib/cloud/data var/lib/cloud/sem
: > etc/machine-id
rm -f etc/ssh/ssh_host_* ${READY_FILE.slice(1)} home/${USER}/.ssh/authorized_keys home/*/.*_history root/.*_history
for file in home/*/.ssh/authorized_keys root/.ssh/authorized_keys; do
  if [ -f "$file" ]; then grep -vF -- "$key" "$file" > "$keep/rest" || :; cat "$keep/rest" > "$file"; fi
done
sync
echo off
while read -r word; do
  case $word in
    back) break;;
    restart)
      trap '' HUP INT TERM
      trap - EXIT
      kill "$watch" 2>/dev/null || :
      setsid sh -c '${LATER}' crabbox "$$" "$back" </dev/null >/dev/null 2>&1 &
      echo ready;;
  esac
  word=
done
case \${word:-} in
  back) trap - EXIT; sh -c "$back" crabbox $$; echo back;;
esac`

/** Prints the SHA-256 of the machine id, then whether there is cloud-init. */
export const IDENTITY = `sha256sum < /etc/machine-id | cut -d ' ' -f 1
if command -v cloud-init >/dev/null && command -v sudo >/dev/null && sudo -n true 2>/dev/null; then echo yes; else echo no; fi`

/** Prints the files that let the holder of a key in, then `done`; to be run as root. $1 is the base64 part of the key. */
export const ADMITTED = `set -eu
for file in /root/.ssh/authorized_keys* /home/*/.ssh/authorized_keys*; do
  [ -e "$file" ] || continue
  status=0
  grep -qF -- "$1" "$file" || status=$?
  case $status in 0) printf '%s\\n' "$file";; 1) ;; *) exit 3;; esac
done
echo done`

/**
 * Gives a directory the name $2, and shows by a mark in it that it was that one; $3 is the workdir in it. Nothing there, or
 * something at the new name, is an error: it exits with 3 and 4.
 */
export const MOVE = `set -eu
[ -d "$1" ] || exit 3
[ ! -e "$2" ] && [ ! -L "$2" ] || exit 4
mark=.crabbox-moved-$$
: > "$1/$mark"
mv -T -- "$1" "$2"
rm -- "$2/$mark"
[ ! -e "$1" ] && [ -d "$3" ]`
