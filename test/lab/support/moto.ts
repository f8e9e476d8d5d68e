import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

import {PROJECT} from './cli.js'
import {freePort} from './sshd.js'

/** Where scripts/lab.js installs it. */
const PROGRAM = join(PROJECT, '.test-lab-moto', 'bin', 'moto_server')

export const hasMoto = (): boolean => existsSync(PROGRAM)

/** EC2's API as others have written it, without machines behind it. */
export interface Moto {
  readonly endpoint: string
  readonly close: () => Promise<void>
}

export async function startMoto(): Promise<Moto> {
  const port = await freePort()
  const server = spawn(PROGRAM, ['-H', '127.0.0.1', '-p', String(port)], {stdio: 'ignore'})
  const endpoint = `http://127.0.0.1:${port}`
  for (let attempt = 0; ; attempt++) {
    const up = await fetch(`${endpoint}/moto-api/`).then(
      answer => answer.ok,
      () => false,
    )
    if (up) break
    if (attempt > 150 || server.exitCode !== null) throw new Error('moto does not start')
    await sleep(200)
  }

  return {
    endpoint,
    close: async () => {
      server.kill('SIGKILL')
      await once(server, 'exit')
    },
  }
}
