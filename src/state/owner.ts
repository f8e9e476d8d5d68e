import {readFile, stat} from 'node:fs/promises'

import {isErrno} from '../core/errors.js'
import {stateError} from './files.js'
import {isAlive, type ProcessIdentity} from './process.js'

/** Who holds a mutex. */
export interface Owner extends ProcessIdentity {
  /** Tells this holding from every other one. */
  readonly nonce: string
}

/** The owner that a mutex file names; null where there is no such file. */
export async function readOwner(file: string): Promise<{readonly owner: Owner; readonly alive: boolean} | null> {
  try {
    const owner = parse(await readFile(file, 'utf8'))
    if (owner !== null) return {owner, alive: isAlive(owner)}
    // A file is complete when it appears, so one that is not was cut short by a power failure: its owner is gone.
    const {ino} = await stat(file)
    return {owner: {pid: 0, host: '', started: '', nonce: `unreadable-${ino}`}, alive: false}
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return null
    throw stateError(file, error, 'read')
  }
}

function parse(text: string): Owner | null {
  try {
    const {pid, host, started, nonce} = JSON.parse(text) as Partial<Record<keyof Owner, unknown>>
    if (typeof pid !== 'number' || typeof host !== 'string' || typeof started !== 'string') return null
    return typeof nonce === 'string' && /^[\w-]+$/.test(nonce) ? {pid, host, started, nonce} : null
  } catch {
    return null
  }
}
