import {execFileSync, spawn} from 'node:child_process'
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {connect} from 'node:net'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

const SSHD = '/usr/sbin/sshd'
const PORT = 22_022

/**
 * A real OpenSSH server on loopback, and a home directory from which both sides reach it. Shells do not read the user's
 * profile: it would be measured in place of either side.
 * @param through what it is started with, as `taskset -c 0`
 */
export async function startSshd(dir, through = []) {
  if (!existsSync(SSHD)) throw new Error('The bench over SSH needs openssh-server: install that first.')
  const home = join(dir, 'home')
  mkdirSync(join(home, '.ssh'), {recursive: true, mode: 0o700})
  mkdirSync('/run/sshd', {recursive: true})
  const key = join(home, '.ssh', 'id_ed25519')
  const hostKey = join(dir, 'host_key')
  for (const file of [key, hostKey]) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file])
  const config = join(dir, 'sshd_config')
  writeFileSync(
    config,
    `ListenAddress 127.0.0.1
Port ${PORT}
HostKey ${hostKey}
AuthorizedKeysFile ${key}.pub
StrictModes no
UsePAM no
MaxStartups 100
PermitRootLogin yes
PidFile none
SetEnv SHLVL=2 HOME=${home}
`,
  )
  const [program, ...args] = [...through, SSHD, '-D', '-e', '-f', config]
  const server = spawn(program, args, {stdio: 'ignore'})
  await listening(PORT)
  const options = ['-F', 'none', '-i', key, '-o', `UserKnownHostsFile=${join(home, '.ssh', 'known_hosts')}`]
  const believe = port => {
    const known = join(home, '.ssh', 'known_hosts')
    const shown = readFileSync(`${hostKey}.pub`, 'utf8').split(' ').slice(0, 2).join(' ')
    writeFileSync(known, `${existsSync(known) ? readFileSync(known, 'utf8') : ''}[127.0.0.1]:${port} ${shown}\n`)
  }
  believe(PORT)
  return {
    home,
    port: PORT,
    believe,
    /** Arguments of `ssh` up to the host. */
    ssh: port => [...options, '-p', String(port), '127.0.0.1'],
    /** What rsync is to connect with. */
    rsh: port => ['ssh', ...options, '-p', String(port)].join(' '),
    stop: () => server.kill(),
  }
}

export async function listening(port) {
  for (let patience = 0; patience < 100; patience++) {
    const up = await new Promise(resolve => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
    if (up) return
    await sleep(50)
  }

  throw new Error(`nothing listens on port ${port}`)
}
