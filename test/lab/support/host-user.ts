import {execFileSync} from 'node:child_process'
import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import type {SshClient} from './ssh-client.js'
import {makeUser} from './user.js'

/** A user of this machine who lets a client in. */
export interface HostUser {
  readonly name: string
  readonly home: string
  /** Removes the user with all files below the home directory. Fails while anything of the user runs. */
  readonly remove: () => void
}

export function addUser(shell: string, client: SshClient): HostUser {
  const home = join('/home', `crabbox-lab-${process.pid}`)
  const name = makeUser(home, shell)
  mkdirSync(join(home, '.ssh'), {mode: 0o700})
  writeFileSync(join(home, '.ssh', 'authorized_keys'), client.publicKey)
  execFileSync('chown', ['-R', `${name}:`, join(home, '.ssh')])
  return {name, home, remove: () => void execFileSync('userdel', ['--remove', name], {stdio: 'pipe'})}
}
