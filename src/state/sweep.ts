import {access, readdir, readFile, rm} from 'node:fs/promises'
import {join} from 'node:path'

import {withMutex} from './mutex.js'
import {statePaths} from './paths.js'
import {isAlive, processExists, type ProcessIdentity} from './process.js'

/** Names that end in the pid of the process that writes the file, and a random part. */
const TEMPORARY = /^(?:.+\.(\d+)-[0-9a-f]{8}\.tmp|\.scratch-(\d+)-[0-9a-f]+)$/

/** Removes the temporary files and the mutexes of processes that are not there any more. */
export async function sweepAbandoned(stateDir: string): Promise<void> {
  const {catalog, leases, layers, manifests, baselines, synced, locks} = statePaths(stateDir)
  for (const mutex of [`${catalog}.lock`, `${leases}.lock`, join(locks, 'mutex')]) {
    // Whoever takes a mutex removes a dead owner's, in the one way that is safe.
    if (await exists(mutex)) await withMutex(mutex, async () => undefined)
  }

  for (const directory of [stateDir, layers, manifests, baselines, synced, locks]) {
    const names = await readdir(directory)
    await Promise.all(names.map(name => sweepFile(join(directory, name), name)))
  }
}

async function sweepFile(file: string, name: string): Promise<void> {
  const match = TEMPORARY.exec(name)
  const pid = match?.[1] ?? match?.[2]
  const abandoned =
    pid === undefined ? name.endsWith('.grave') && (await ownerIsDead(file)) : !processExists(Number(pid))
  if (abandoned) await rm(file, {force: true})
}

async function ownerIsDead(file: string): Promise<boolean> {
  try {
    return !isAlive(JSON.parse(await readFile(file, 'utf8')) as ProcessIdentity)
  } catch {
    return false
  }
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  )
