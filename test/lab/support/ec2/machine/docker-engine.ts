import {execFile, spawn} from 'node:child_process'
import {openSync, readFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {promisify} from 'node:util'

import {succeeds} from './docker.js'

const SECONDS = 60

/** Starts the Docker engine when it does not run. It stays when the tests are over: others may have begun to use it. */
export async function ensureDockerEngine(): Promise<void> {
  if (await isRunning()) return
  await mountControlGroups()
  const log = join(tmpdir(), 'crabbox-lab-dockerd.log')
  const output = openSync(log, 'a')
  spawn('dockerd', [], {detached: true, stdio: ['ignore', output, output]})
    .once('error', () => undefined)
    .unref()
  for (let tries = SECONDS * 4; tries > 0; tries--) {
    if (await isRunning()) return
    await sleep(250)
  }

  throw new Error(`dockerd does not start: ${readFileSync(log, 'utf8').slice(-2000)}`)
}

const isRunning = (): Promise<boolean> => succeeds('version', '--format', '{{.Server.Version}}')

/** What an init system does where there is one. */
const mountControlGroups = (): Promise<unknown> => promisify(execFile)('cgroupfs-mount').catch(() => undefined)
