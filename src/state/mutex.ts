import {link, rm, writeFile} from 'node:fs/promises'
import {setTimeout as sleep} from 'node:timers/promises'

import {busyError, isErrno, throwIfAborted} from '../core/errors.js'
import {randomBetween, randomHex} from '../core/random.js'
import {stateError} from './files.js'
import {type Owner, readOwner} from './owner.js'
import {ownIdentity} from './process.js'

export interface MutexOptions {
  /** Ends the waiting, not the work. */
  readonly signal?: AbortSignal | undefined
  /** How long to wait for others, in milliseconds. Default: a minute; whoever holds a mutex needs it for milliseconds. */
  readonly patience?: number
}

/**
 * Runs work while no other process does, on this state directory. The mutex is a file that names its owner; the file is
 * complete when it appears, because it is linked into place.
 *
 * A dead owner's file is removed under a second file named after that very holding, which only one process can make. The
 * plain way (look, find the owner dead, remove) lets two processes remove one after the other: the second one removes the
 * file of the first, and both go on.
 * @throws {CrabboxError} `STATE_BUSY` when the patience is over, `STATE_DIR_UNUSABLE`, `STATE_DISK_FULL`
 */
export async function withMutex<R>(file: string, work: () => Promise<R>, options: MutexOptions = {}): Promise<R> {
  const owner: Owner = {...ownIdentity(), nonce: randomHex(8)}
  await lock(file, owner, options)
  try {
    return await work()
  } finally {
    // A user who was told to remove the file may have done so, and then it is somebody else's.
    if ((await readOwner(file))?.owner.nonce === owner.nonce) await rm(file, {force: true})
  }
}

async function lock(file: string, owner: Owner, {signal, patience = 60_000}: MutexOptions): Promise<void> {
  const deadline = Date.now() + patience
  for (;;) {
    if (signal !== undefined) throwIfAborted(signal)
    // Looking first is cheaper than claiming, and most looks of a crowd find the mutex taken.
    const holder = await readOwner(file)
    if (holder === null) {
      if (await claim(file, owner)) return
    } else if (!holder.alive) {
      await bury(file, holder.owner, owner)
    }

    if (Date.now() > deadline) {
      const who = holder === null ? 'other processes' : `process ${holder.owner.pid} on ${holder.owner.host}`
      throw busyError(
        'STATE_BUSY',
        `the state directory has been locked by ${who} for ${Math.round(patience / 1000)} seconds`,
        `Try again. If that process is no crabbox any more, remove ${file}.`,
      )
    }

    if (holder === null || holder.alive) await sleep(randomBetween(1, 30))
  }
}

/** True when the file did not exist and is ours now. */
async function claim(file: string, owner: Owner): Promise<boolean> {
  const draft = `${file}.${owner.pid}-${randomHex(4)}.tmp`
  try {
    await writeFile(draft, JSON.stringify(owner), {mode: 0o600, flag: 'wx'})
    return await linkNew(draft, file)
  } catch (error) {
    throw stateError(file, error)
  } finally {
    await rm(draft, {force: true}).catch(() => undefined)
  }
}

async function linkNew(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file)
    return true
  } catch (error) {
    // A sweep of another machine, which cannot see this process, may have taken the draft: then the claim is made again.
    if (isErrno(error, 'EEXIST', 'ENOENT')) return false
    throw error
  }
}

async function bury(file: string, dead: Owner, owner: Owner): Promise<void> {
  const grave = `${file}.${dead.nonce}.grave`
  if (!(await claim(grave, owner))) {
    const digger = await readOwner(grave)
    if (digger !== null && !digger.alive) await bury(grave, digger.owner, owner)
    else await sleep(randomBetween(1, 10))
    return
  }

  // Whoever made the grave first may have finished already, and then the file is somebody else's.
  const now = await readOwner(file)
  if (now?.owner.nonce === dead.nonce) await rm(file, {force: true})
  await rm(grave, {force: true})
}
