import {randomBytes, randomInt} from 'node:crypto'
import {link, readFile, rm, writeFile} from 'node:fs/promises'
import {setTimeout as sleep} from 'node:timers/promises'

import {busyError, isErrno} from '../core/errors.js'
import {stateError} from './files.js'
import {isAlive, ownIdentity, type ProcessIdentity} from './process.js'

interface Owner extends ProcessIdentity {
  /** Tells this holding from every other one. */
  readonly nonce: string
}

/** How long to wait for others, in milliseconds. Whoever holds a mutex needs it for milliseconds. */
const PATIENCE = 60_000

/**
 * Runs work while no other process does, on this state directory. The mutex is a file that names its owner; the file is
 * complete when it appears, because it is linked into place.
 *
 * A dead owner's file is removed under a second file named after that very holding, which only one process can make. The
 * plain way (look, find the owner dead, remove) lets two processes remove one after the other: the second one removes the
 * file of the first, and both go on.
 * @throws {CrabboxError} `STATE_BUSY` after a minute
 */
export async function withMutex<R>(file: string, work: () => Promise<R>): Promise<R> {
  const owner: Owner = {...ownIdentity(), nonce: randomBytes(8).toString('hex')}
  await lock(file, owner)
  try {
    return await work()
  } finally {
    await rm(file, {force: true})
  }
}

async function lock(file: string, owner: Owner): Promise<void> {
  const deadline = Date.now() + PATIENCE
  while (!(await claim(file, owner))) {
    const holder = await readOwner(file)
    if (holder !== null && !isAlive(holder)) {
      await bury(file, holder, owner)
      continue
    }

    if (Date.now() > deadline) {
      const who = holder === null ? 'another process' : `process ${holder.pid} on ${holder.host}`
      throw busyError(
        'STATE_BUSY',
        `the state directory has been locked by ${who} for a minute`,
        `If that process is no crabbox any more, remove ${file}.`,
      )
    }

    await sleep(randomInt(1, 25))
  }
}

/** True when the file did not exist and is ours now. */
async function claim(file: string, owner: Owner): Promise<boolean> {
  const draft = `${file}.${owner.pid}-${randomBytes(4).toString('hex')}.tmp`
  try {
    await writeFile(draft, JSON.stringify(owner), {mode: 0o600, flag: 'wx'})
    await link(draft, file)
    return true
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false
    throw stateError(file, error)
  } finally {
    await rm(draft, {force: true}).catch(() => undefined)
  }
}

async function bury(file: string, dead: Owner, owner: Owner): Promise<void> {
  const grave = `${file}.${dead.nonce}.grave`
  if (!(await claim(grave, owner))) {
    const digger = await readOwner(grave)
    if (digger !== null && !isAlive(digger)) await bury(grave, digger, owner)
    else await sleep(randomInt(1, 10))
    return
  }

  // Whoever made the grave first may have finished already, and then the file is somebody else's.
  const now = await readOwner(file)
  if (now?.nonce === dead.nonce) await rm(file, {force: true})
  await rm(grave, {force: true})
}

async function readOwner(file: string): Promise<Owner | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Owner
  } catch {
    return null
  }
}
