import {execFileSync} from 'node:child_process'
import {readFileSync} from 'node:fs'

import {processExists} from '../../../src/state/process.js'
import {sh} from './shell.js'

const PREFIX = 'crabbox-lab-'

/** Ends all that a user runs, and removes what is mounted in the home directory, the directory and the user. */
const REMOVE = `pkill -KILL -u "$1" || true
mount | awk -v home="$2/" 'index($3, home) == 1 {print $3}' | while IFS= read -r point; do umount "$point"; done
userdel --force "$1" 2>/dev/null
rm -rf "$2"`

let made = 0

/** Adds a user to this machine and says its name; first removes those of tests that were ended before they could. */
export function makeUser(home: string, shell: string): string {
  removeOrphans()
  const name = `${PREFIX}${process.pid}-${++made}`
  execFileSync('useradd', ['--create-home', '--home-dir', home, '--shell', shell, name])
  // Without a password the account counts as locked, and sshd without PAM lets nobody in.
  execFileSync('usermod', ['--password', '*', name])
  return name
}

/** Removes users whose names say that a process made them that is gone. */
function removeOrphans(): void {
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [name = '', , , , , home = ''] = line.split(':')
    if (!name.startsWith(PREFIX)) continue
    if (!processExists(Number.parseInt(name.slice(PREFIX.length), 10))) sh(REMOVE, name, home)
  }
}
