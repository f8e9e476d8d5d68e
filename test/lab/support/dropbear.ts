import {execFileSync, spawn} from 'node:child_process'
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {killTree} from './process-tree.js'
import {answering, freePort, type Sshd} from './sshd.js'
import {makeUser} from './user.js'

/** A small host: dropbear, and a user without rights whose programs are those of `path`. */
export async function startDropbear(path: string): Promise<Sshd & {readonly user: string}> {
  const dir = mkdtempSync(join(tmpdir(), 'crabbox-dropbear-'))
  const home = join(dir, 'home')
  const keys = join(home, '.ssh', 'authorized_keys')
  const hostKey = join(dir, 'host_key')
  const log = join(dir, 'log')
  execFileSync('chmod', ['0755', dir])
  const user = makeUser(home, '/bin/sh')
  mkdirSync(join(home, '.ssh'), {mode: 0o700})
  writeFileSync(keys, '', {mode: 0o600})
  execFileSync('chown', ['-R', user, home])
  execFileSync('dropbearkey', ['-t', 'ed25519', '-f', hostKey], {stdio: 'ignore'})
  const shown = execFileSync('dropbearkey', ['-y', '-f', hostKey], {encoding: 'utf8'})
  const port = await freePort()
  // Dropbear gives every session the PATH that it was built with.
  const command = `export PATH=${path}; exec sh -c "$SSH_ORIGINAL_COMMAND"`
  const args = ['-F', '-E', '-p', `127.0.0.1:${port}`, '-r', hostKey, '-P', join(dir, 'pid'), '-c', command]
  const server = spawn('/usr/sbin/dropbear', args, {stdio: ['ignore', 'ignore', 'pipe']})
  server.stderr.on('data', (chunk: Buffer) => writeFileSync(log, chunk, {flag: 'a'}))
  await answering(port, () => readFileSync(log, 'utf8'))
  return {
    port,
    dir,
    home,
    user,
    hostKey: /^ssh-ed25519 \S+/m.exec(shown)?.[0] ?? '',
    authorize: key => writeFileSync(keys, `${key.trim()}\n`, {flag: 'a'}),
    log: () => readFileSync(log, 'utf8'),
    stop: async () => {
      if (server.pid !== undefined) await killTree(server.pid)
      execFileSync('userdel', ['--force', user], {stdio: 'ignore'})
      rmSync(dir, {recursive: true, force: true})
    },
  }
}
