import {access, link, open, rename, rm} from 'node:fs/promises'
import {dirname} from 'node:path'

import {configError, isErrno, reasonOf} from '../core/errors.js'
import {randomHex} from '../core/random.js'

/**
 * Replaces a file so that a crash at any moment leaves the old content or the new, whole and on the disk. Where `previous`
 * is given, the old content is kept under that path.
 * @throws {CrabboxError} `STATE_DISK_FULL`, `STATE_DIR_UNUSABLE`; the old file is as it was
 */
export async function writeDurably(file: string, data: string | Buffer, previous?: string): Promise<void> {
  const temporary = temporaryOf(file)
  try {
    const handle = await open(temporary, 'wx', 0o600)
    try {
      await handle.writeFile(data)
      await handle.sync()
    } finally {
      await handle.close()
    }

    // Only now is it certain that the new content fits on the disk.
    if (previous !== undefined) await keep(file, previous)
    await rename(temporary, file)
    await syncDirectory(dirname(file))
  } catch (error) {
    await rm(temporary, {force: true}).catch(() => undefined)
    throw stateError(file, error)
  }
}

const temporaryOf = (file: string): string => `${file}.${process.pid}-${randomHex(4)}.tmp`

/** A second name for the present content, so that there is no moment without a whole file. */
async function keep(file: string, previous: string): Promise<void> {
  const name = temporaryOf(previous)
  try {
    await link(file, name)
    await rename(name, previous)
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error
  } finally {
    // Where both are names of one file already, rename leaves the source.
    await rm(name, {force: true})
  }
}

/** Whether a file is there, as far as this user can see. */
export const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  )

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
export function stateError(file: string, error: unknown, deed: 'read' | 'write' = 'write'): unknown {
  if (isErrno(error, 'ENOSPC', 'EDQUOT')) {
    return configError(
      'STATE_DISK_FULL',
      `cannot write ${file}: the disk is full; the file is as it was`,
      'Free some space on that disk. With a little of it, crabbox checkpoint prune gives back more.',
      error,
    )
  }

  if (isErrno(error, 'EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'ENOENT', 'EEXIST', 'EISDIR')) {
    return configError(
      'STATE_DIR_UNUSABLE',
      `cannot ${deed} ${file}: ${reasonOf(error)}`,
      'Make the state directory yours, or set CRABBOX_STATE_DIR to a directory that you can write to.',
      error,
    )
  }

  return error
}
