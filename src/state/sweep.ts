import {readdir, rm} from 'node:fs/promises'
import {basename, dirname, join} from 'node:path'

import {exists} from './files.js'
import {withMutex} from './mutex.js'
import {readOwner} from './owner.js'
import {statePaths} from './paths.js'
import {processExists} from './process.js'

/** Names that end in the pid of the process that writes the file, and a random part. */
const TEMPORARY = /^(?:.+\.(\d+)-[0-9a-f]{8}\.tmp|\.scratch-(\d+)-[0-9a-f]+\.[a-z]+)$/

/** Removes the temporary files and the mutexes of processes that are not there any more. */
export async function sweepAbandoned(stateDir: string): Promise<void> {
  const {catalog, leases, layers, manifests, baselines, synced, locks} = statePaths(stateDir)
  for (const mutex of [`${catalog}.lock`, `${leases}.lock`, join(locks, 'mutex')]) await sweepMutex(mutex)
  for (const directory of [stateDir, layers, manifests, baselines, synced, locks]) {
    const names = await readdir(directory)
    await Promise.all(names.map(name => sweepFile(join(directory, name), name)))
  }
}

/**
 * Whoever takes a mutex removes a dead owner's, in the one way that is safe. Graves are removed by its holder only: then
 * they are all of earlier holdings, and none of them guards a removal any more.
 */
async function sweepMutex(mutex: string): Promise<void> {
  if (!(await exists(mutex)) && (await gravesOf(mutex)).length === 0) return
  await withMutex(mutex, async () => {
    for (const grave of await gravesOf(mutex)) {
      const digger = await readOwner(grave)
      if (digger?.alive === false) await rm(grave, {force: true})
    }
  })
}

async function gravesOf(mutex: string): Promise<string[]> {
  const names = await readdir(dirname(mutex))
  return names
    .filter(name => name.startsWith(`${basename(mutex)}.`) && name.endsWith('.grave'))
    .map(name => join(dirname(mutex), name))
}

async function sweepFile(file: string, name: string): Promise<void> {
  const match = TEMPORARY.exec(name)
  const pid = match?.[1] ?? match?.[2]
  if (pid !== undefined && !processExists(Number(pid))) await rm(file, {force: true})
}
