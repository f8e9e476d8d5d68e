import {readdir, readFile, rm, stat} from 'node:fs/promises'
import {hostname} from 'node:os'
import {join} from 'node:path'

import {busyError, isErrno} from '../core/errors.js'
import {randomHex} from '../core/random.js'
import {stateError, writeDurably} from './files.js'
import {isObject} from './json.js'
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
  readonly subject?: Readonly<Record<string, string>>
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

export interface Lock extends AsyncDisposable {
  /** Safe to call twice. */
  readonly release: () => Promise<void>
  /** Gives it up as a killed process does: whoever comes next is told, and cleans up. */
  readonly abandon: () => Promise<void>
}

/**
 * Takes a lock at once or not at all. A killed process leaves its holder file, which blocks nobody: it is the journal of
 * what was interrupted. The signal ends the wait for the short moments in which others take locks.
 * @throws {CrabboxError} `BUSY`
 */
export async function acquireLock(stateDir: string, request: LockRequest, signal?: AbortSignal): Promise<Lock> {
  const {locks} = statePaths(stateDir)
  const take = async (): Promise<Lock> => {
    const other = (await listHolders(stateDir)).find(holder => excludes(holder, request))
    if (other !== undefined) {
      throw busyError(
        'BUSY',
        `${request.describe} is busy: ${other.what} since ${other.since} (process ${other.pid})`,
        'Wait until it has finished and try again.',
      )
    }

    const {key, mode, what, subject = {}} = request
    const file = join(locks, `${process.pid}-${randomHex(6)}.json`)
    const holder = {...ownIdentity(), key, mode, what, subject, since: new Date().toISOString()}
    await writeDurably(file, JSON.stringify(holder))
    const release = (): Promise<void> => rm(file, {force: true})
    const abandon = (): Promise<void> => writeDurably(file, JSON.stringify({...holder, pid: NOBODY}))
    return {release, abandon, [Symbol.asyncDispose]: release}
  }

  return withMutex(join(locks, 'mutex'), take, {signal})
}

/** No process has this number. */
const NOBODY = 0

const excludes = (holder: Holder, {key, mode}: LockRequest): boolean =>
  holder.alive && holder.key === key && (holder.mode === 'exclusive' || mode === 'exclusive')

/** Everything that holds a lock, dead holders included. Empty where there is no state directory yet. */
export async function listHolders(stateDir: string): Promise<Holder[]> {
  const {locks} = statePaths(stateDir)
  const names = await readdir(locks).catch((error: unknown) => {
    if (isErrno(error, 'ENOENT')) return []
    throw stateError(locks, error, 'read')
  })
  const holders = await Promise.all(
    names.filter(name => name.endsWith('.json')).map(name => readHolder(join(locks, name))),
  )
  return holders.filter(holder => holder !== null)
}

/** Forgets a dead holder, once what it left has been cleaned. */
export const forgetHolder = async (holder: Holder): Promise<void> => rm(holder.file, {force: true})

/** Null where it was released between the listing and this read. A holder that is merely not readable is not released. */
async function readHolder(file: string): Promise<Holder | null> {
  try {
    const holder = parse(await readFile(file, 'utf8'))
    return holder === null ? await unreadable(file) : {...holder, file, alive: isAlive(holder)}
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return null
    throw stateError(file, error, 'read')
  }
}

type Recorded = Omit<Holder, 'file' | 'alive'>

function parse(text: string): Recorded | null {
  try {
    const holder: unknown = JSON.parse(text)
    if (!isObject(holder) || typeof holder['pid'] !== 'number' || !isObject(holder['subject'])) return null
    const texts = ['key', 'mode', 'what', 'since', 'host', 'started'].map(field => holder[field])
    return texts.every(value => typeof value === 'string') ? (holder as unknown as Recorded) : null
  } catch {
    return null
  }
}

/** Holder files are complete when they appear: one that is not outlived its process and its disk's good days. */
async function unreadable(file: string): Promise<Holder> {
  const since = (await stat(file)).mtime.toISOString()
  const what = 'an operation that left no readable trace'
  return {
    file,
    key: 'unknown',
    mode: 'shared',
    what,
    subject: {},
    since,
    pid: NOBODY,
    host: hostname(),
    started: '',
    alive: false,
  }
}
