import {execFileSync, spawn} from 'node:child_process'
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {connect, createServer, type AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

import {killTree} from './process-tree.js'

export interface SshdOptions {
  /** Lines of sshd_config that stand before the others, where the first one counts. */
  readonly config?: readonly string[]
  /**
   * Variables of all sessions. Default: a home directory of the server's own, so that no lease of this test lies beside
   * somebody else's, and SHLVL, with which bash takes itself for no login and reads no `.bashrc`.
   */
  readonly env?: Readonly<Record<string, string>>
  /** Where sessions find their programs. Default: the server's own choice. */
  readonly path?: string
}

/** A real OpenSSH server on loopback. */
export interface Sshd {
  readonly port: number
  /** Holds everything that belongs to the server. */
  readonly dir: string
  /** The home directory of those who log in, where `env` does not say another. */
  readonly home: string
  /** Its public key, as in `known_hosts`. */
  readonly hostKey: string
  /** Lets a key in, as any user who has no keys of his own. */
  readonly authorize: (publicKey: string) => void
  /** What the server has written. */
  readonly log: () => string
  /** Ends the server, and all that it started. */
  readonly stop: () => Promise<void>
}

export async function startSshd({config = [], env, path}: SshdOptions = {}): Promise<Sshd> {
  const dir = mkdtempSync(join(tmpdir(), 'crabbox-sshd-'))
  const home = join(dir, 'home')
  const keys = join(dir, 'authorized_keys')
  const log = join(dir, 'log')
  // The server reads the keys as the user who logs in.
  execFileSync('chmod', ['0755', dir])
  mkdirSync(home)
  mkdirSync('/run/sshd', {recursive: true})
  writeFileSync(keys, '')
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'host', '-f', join(dir, 'host_key')])
  const port = await freePort()
  const variables = Object.entries({
    ...(env ?? {HOME: home, SHLVL: '2'}),
    ...(path === undefined ? {} : {PATH: path}),
  }).map(([name, value]) => `${name}=${value}`)
  writeFileSync(
    join(dir, 'sshd_config'),
    [
      ...config,
      `ListenAddress 127.0.0.1:${port}`,
      `HostKey ${join(dir, 'host_key')}`,
      `PidFile ${join(dir, 'pid')}`,
      `AuthorizedKeysFile ${keys} .ssh/authorized_keys`,
      ...(variables.length === 0 ? [] : [`SetEnv ${variables.join(' ')}`]),
      ...['StrictModes no', 'UsePAM no', 'MaxStartups 100', 'PermitRootLogin yes', 'PasswordAuthentication no'],
      '',
    ].join('\n'),
  )
  const server = spawn('/usr/sbin/sshd', ['-D', '-f', join(dir, 'sshd_config'), '-E', log], {stdio: 'ignore'})
  const stop = async (): Promise<void> => {
    if (server.pid !== undefined) await killTree(server.pid)
    rmSync(dir, {recursive: true, force: true})
  }

  await answering(port, () => readFileSync(log, 'utf8'))
  return {
    port,
    dir,
    home,
    hostKey: readFileSync(join(dir, 'host_key.pub'), 'utf8').split(' ').slice(0, 2).join(' '),
    authorize: key => writeFileSync(keys, `${key.trim()}\n`, {flag: 'a'}),
    log: () => readFileSync(log, 'utf8'),
    stop,
  }
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  const {port} = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}

/** Waits until a server has said who it is. */
export async function answering(port: number, log: () => string): Promise<void> {
  for (let tries = 100; tries > 0; tries--) {
    const socket = connect(port, '127.0.0.1')
    const answered = await new Promise<boolean>(resolve => {
      socket.once('data', () => resolve(true)).once('error', () => resolve(false))
    })
    socket.destroy()
    if (answered) return
    await sleep(50)
  }

  throw new Error(`sshd does not answer: ${log()}`)
}
