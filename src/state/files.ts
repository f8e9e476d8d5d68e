import {randomBytes} from 'node:crypto'
import {open, rename, rm} from 'node:fs/promises'
import {dirname} from 'node:path'

import {configError, isErrno, reasonOf} from '../core/errors.js'

/**
 * Replaces a file so that a crash at any moment leaves the old content or the new, whole and on the disk.
 * @throws {CrabboxError} `STATE_DISK_FULL`, `STATE_DIR_UNUSABLE`; the old file is as it was
 */
export async function writeDurably(file: string, data: string | Buffer): Promise<void> {
  const temporary = `${file}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`
  try {
    const handle = await open(temporary, 'wx', 0o600)
    try {
      await handle.writeFile(data)
      await handle.sync()
    } finally {
      await handle.close()
    }

    await rename(temporary, file)
    await syncDirectory(dirname(file))
  } catch (error) {
    await rm(temporary, {force: true}).catch(() => undefined)
    throw stateError(file, error)
  }
}

/** Makes the names in a directory durable. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Translates what the file system says about the state directory. */
export function stateError(file: string, error: unknown): unknown {
  if (isErrno(error, 'ENOSPC', 'EDQUOT')) {
    return configError(
      'STATE_DISK_FULL',
      `cannot write ${file}: the disk is full; nothing was changed`,
      'Free some space, for example with crabbox checkpoint prune.',
      error,
    )
  }

  if (isErrno(error, 'EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'ENOENT')) {
    return configError(
      'STATE_DIR_UNUSABLE',
      `cannot write ${file}: ${reasonOf(error)}`,
      'Make the state directory yours, or set CRABBOX_STATE_DIR to a directory that you can write to.',
      error,
    )
  }

  return error
}
