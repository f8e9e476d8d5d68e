import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import type {KeyPair} from '../../src/transports/ssh/key-pair.js'
import {newKey, startServer, type ServerOptions, type TestServer} from './ssh-server.js'

/** A home directory with a key, and a server that knows it. Both are there while the tests of the surrounding suite run. */
export interface SshHome {
  readonly home: string
  readonly key: KeyPair
  server: TestServer
  /** The server as `--host` has it. */
  readonly host: string
  /** Writes a file in `.ssh`, readable by the user only. */
  readonly write: (name: string, content: string) => void
  /** The server's line in `known_hosts`. */
  readonly knownHost: (key?: KeyPair) => string
}

export function sshHome(options: Partial<ServerOptions> = {}): SshHome {
  const root = mkdtempSync(join(tmpdir(), 'crabbox-ssh-'))
  const home = join(root, 'home')
  mkdirSync(join(home, '.ssh'), {recursive: true, mode: 0o700})
  const key = newKey()
  const lab = {
    home,
    key,
    get host() {
      return `me@127.0.0.1:${lab.server.port}`
    },
    write: (name: string, content: string) => writeFileSync(join(home, '.ssh', name), content, {mode: 0o600}),
    knownHost: ({public: shown}: KeyPair = lab.server.hostKey) => `[127.0.0.1]:${lab.server.port} ${shown}\n`,
  } as SshHome
  lab.write('id_ed25519', key.private)
  const before_ = {HOME: process.env['HOME'], SSH_AUTH_SOCK: process.env['SSH_AUTH_SOCK']}
  before(async () => {
    lab.server = await startServer({users: [key.public], ...options})
    lab.write('known_hosts', lab.knownHost())
    process.env['HOME'] = home
    delete process.env['SSH_AUTH_SOCK']
  })
  after(async () => {
    await lab.server.close()
    for (const [name, value] of Object.entries(before_)) {
      if (value === undefined) Reflect.deleteProperty(process.env, name)
      else process.env[name] = value
    }

    rmSync(root, {recursive: true, force: true})
  })
  return lab
}
