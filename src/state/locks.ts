import {randomBytes} from 'node:crypto'
import {readdir, readFile, rm} from 'node:fs/promises'
import {join} from 'node:path'

import {busyError} from '../core/errors.js'
import {writeDurably} from './files.js'
import {withMutex} from './mutex.js'
import {statePaths} from './paths.js'
import {isAlive, ownIdentity, type ProcessIdentity} from './process.js'

export type LockMode = 'shared' | 'exclusive'

export interface LockRequest {
  /** What is locked, such as `lease:cbx_…` or `checkpoint:chk_…`. */
  readonly key: string
  readonly mode: LockMode
  /** What is going on, such as `checkpoint create`. */
  readonly what: string
  /** What the operation works on; whoever cleans up after a crash reads it. */
  readonly subject: Readonly<Record<string, string>>
  /** The locked thing in the words of a message, such as `lease blue-lobster`. */
  readonly describe: string
}

/** One operation that holds, or held when it was killed, a lock. */
export interface Holder extends ProcessIdentity {
  readonly file: string
  readonly key: string
  readonly mode: LockMode
  readonly what: string
  readonly subject: Readonly<Record<string, string>>
  /** ISO 8601, UTC. */
  readonly since: string
  readonly alive: boolean
}

export interface Lock {
  readonly release: () => Promise<void>
}

/**
 * Takes a lock at once or not at all. A killed process leaves its holder file, which blocks nobody: it is the journal of
 * what was interrupted.
 * @throws {CrabboxError} `BUSY`
 */
export async function acquireLock(stateDir: string, request: LockRequest): Promise<Lock> {
  const {locks} = statePaths(stateDir)
  return withMutex(join(locks, 'mutex'), async () => {
    const holders = await listHolders(stateDir)
    const other = holders.find(
      holder =>
        holder.alive && holder.key === request.key && (holder.mode === 'exclusive' || request.mode === 'exclusive'),
    )
    if (other !== undefined) {
      throw busyError(
        'BUSY',
        `${request.describe} is busy: ${other.what} since ${other.since} (process ${other.pid})`,
        'Wait until it has finished and try again.',
      )
    }

    const {key, mode, what, subject} = request
    const file = join(locks, `${process.pid}-${randomBytes(6).toString('hex')}.json`)
    await writeDurably(
      file,
      JSON.stringify({...ownIdentity(), key, mode, what, subject, since: new Date().toISOString()}),
    )
    return {release: () => rm(file, {force: true})}
  })
}

/** Everything that holds a lock, dead holders included. Empty where there is no state directory yet. */
export async function listHolders(stateDir: string): Promise<Holder[]> {
  const {locks} = statePaths(stateDir)
  const names = await readdir(locks).catch(() => [])
  const holders = await Promise.all(
    names.filter(name => name.endsWith('.json')).map(name => readHolder(join(locks, name))),
  )
  return holders.filter(holder => holder !== null)
}

/** Forgets a dead holder, once what it left has been cleaned. */
export const forgetHolder = async (holder: Holder): Promise<void> => rm(holder.file, {force: true})

async function readHolder(file: string): Promise<Holder | null> {
  try {
    const holder = JSON.parse(await readFile(file, 'utf8')) as Omit<Holder, 'file' | 'alive'>
    return {...holder, file, alive: isAlive(holder)}
  } catch {
    // Released between the listing and this read.
    return null
  }
}
