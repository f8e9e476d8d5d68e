import {existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'

import {newKey, startServer, type TestServer} from './ssh-server.js'

/** A host of a pool, with a home directory of its own. */
export interface PoolHost {
  readonly name: string
  readonly home: string
  /** As `--host` and the configuration have it. */
  address: string
  server: TestServer
  /** The names of the lease directories on it. */
  readonly leases: () => string[]
}

/** Servers that know the key in `home`, which knows theirs. They are there while the tests of the surrounding suite run. */
export function sshPool(home: string, names: readonly string[]): PoolHost[] {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'crabbox-pool-')))
  const key = newKey()
  const hosts = names.map(name => {
    const directory = join(root, name)
    const leases = join(directory, '.crabbox/leases')
    return {name, home: directory, leases: () => (existsSync(leases) ? readdirSync(leases) : [])} as PoolHost
  })
  before(async () => {
    mkdirSync(join(home, '.ssh'), {recursive: true, mode: 0o700})
    for (const host of hosts) {
      mkdirSync(host.home)
      host.server = await startServer({users: [key.public], env: {...process.env, HOME: host.home}})
      host.address = `me@127.0.0.1:${host.server.port}`
    }

    const known = hosts.map(({server}) => `[127.0.0.1]:${server.port} ${server.hostKey.public}\n`)
    writeFileSync(join(home, '.ssh/id_ed25519'), key.private, {mode: 0o600})
    writeFileSync(join(home, '.ssh/known_hosts'), known.join(''), {mode: 0o600})
  })
  after(async () => {
    for (const {server} of hosts) await server.close()
    rmSync(root, {recursive: true, force: true})
  })
  return hosts
}

/** Writes the user's configuration with these hosts, and what else it is to say: `more` lines, and `ofEach` host. */
export function configureHosts(
  home: string,
  hosts: readonly Pick<PoolHost, 'name' | 'address'>[],
  more: readonly string[] = [],
  ofEach = '',
): void {
  const file = join(home, '.config/crabbox/config.yaml')
  mkdirSync(dirname(file), {recursive: true})
  const list = hosts.map(({name, address}) => `  - {name: ${name}, address: "${address}"${ofEach}}\n`)
  writeFileSync(
    file,
    `${more.map(line => `${line}\n`).join('')}hosts:${list.length === 0 ? ' []' : ''}\n${list.join('')}`,
  )
}

/** Makes a directory this process's home, without an agent, while the tests of the surrounding suite run. */
export function homeIs(home: string): void {
  const {HOME, SSH_AUTH_SOCK} = process.env
  const set = (name: string, value: string | undefined): void => {
    if (value === undefined) Reflect.deleteProperty(process.env, name)
    else process.env[name] = value
  }

  before(() => {
    set('HOME', home)
    set('SSH_AUTH_SOCK', undefined)
  })
  after(() => {
    set('HOME', HOME)
    set('SSH_AUTH_SOCK', SSH_AUTH_SOCK)
  })
}
