import {execFileSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import type {Sshd} from './sshd.js'

/** Where a user works: a home directory with a key of its own, which the server lets in. */
export interface SshClient {
  /** Holds the home directory. */
  readonly dir: string
  readonly home: string
  /** Variables for the programs of this user. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly publicKey: string
  /** Writes a file in `.ssh`, readable by the user only. */
  readonly write: (name: string, content: string) => void
  readonly close: () => void
}

/** The server under this name is known to the client, as `HostKeyAlias` has it: at whatever port it is reached. */
export const ALIAS = 'lab'

export function makeClient(sshd: Sshd, passphrase = ''): SshClient {
  const dir = mkdtempSync(join(tmpdir(), 'crabbox-client-'))
  const home = join(dir, 'home')
  const key = join(home, '.ssh', 'id_ed25519')
  mkdirSync(join(home, '.ssh'), {recursive: true, mode: 0o700})
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-C', 'client', '-f', key])
  const write = (name: string, content: string): void => writeFileSync(join(home, '.ssh', name), content, {mode: 0o600})
  const publicKey = readFileSync(`${key}.pub`, 'utf8')
  sshd.authorize(publicKey)
  write('known_hosts', `[127.0.0.1]:${sshd.port} ${sshd.hostKey}\n${ALIAS} ${sshd.hostKey}\n`)
  write('config', aliasAt(sshd.port))
  return {
    dir,
    home,
    env: {HOME: home, SSH_AUTH_SOCK: undefined, XDG_STATE_HOME: undefined},
    publicKey,
    write,
    close: () => rmSync(dir, {recursive: true, force: true}),
  }
}

/** The text of an ssh configuration in which the alias is a port of this machine. */
export const aliasAt = (port: number, ...more: string[]): string =>
  [`Host ${ALIAS}`, 'HostName 127.0.0.1', `Port ${port}`, 'User root', `HostKeyAlias ${ALIAS}`, ...more, ''].join('\n')
