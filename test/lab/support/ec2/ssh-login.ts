import {execFile, execFileSync} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {promisify} from 'node:util'

/** A key with which a test logs in to instances by OpenSSH's own client. */
export interface SshLogin {
  readonly publicKey: string
  /** Runs a script as a user of the machine at an address, and returns what it printed. */
  readonly run: (address: string, script: string) => Promise<string>
  /** Runs it as soon as it succeeds: the machine may still boot. */
  readonly eventually: (address: string, script: string) => Promise<string>
  readonly close: () => void
}

const SECONDS = 60

export function makeSshLogin(user: string): SshLogin {
  const dir = mkdtempSync(join(tmpdir(), 'crabbox-lab-login-'))
  const key = join(dir, 'key')
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', user, '-f', key])
  const options = [
    ...['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR', 'ConnectTimeout=5'],
    ...['BatchMode=yes', 'IdentitiesOnly=yes', 'IdentityAgent=none'],
  ].flatMap(option => ['-o', option])
  const run = async (address: string, script: string): Promise<string> => {
    const args = ['-F', '/dev/null', '-i', key, ...options, `${user}@${address}`, script]
    return (await promisify(execFile)('ssh', args)).stdout.trim()
  }

  return {
    publicKey: readFileSync(`${key}.pub`, 'utf8').trim(),
    run,
    eventually: async (address, script) => {
      const end = Date.now() + SECONDS * 1000
      for (;;) {
        try {
          return await run(address, script)
        } catch (error) {
          if (Date.now() > end) throw error
          await sleep(250)
        }
      }
    },
    close: () => rmSync(dir, {recursive: true, force: true}),
  }
}
