import {link, readFile} from 'node:fs/promises'

import {busyError, CrabboxError, isErrno, notFoundError} from '../core/errors.js'
import {previousOf, readTable, type TableFile} from './adapter.js'
import {stateError, writeDurably} from './files.js'

/**
 * Puts the previous generation in the place of a file that does not parse, or is gone, and returns the path under which that one is
 * kept; null where there was nothing to keep. `mend` may change that generation before anybody sees it. The caller holds the table's mutex.
 * @throws {CrabboxError} `STATE_NOT_BROKEN` where the file parses, `NO_PREVIOUS_GENERATION`; the file is as it was
 */
export async function rollback(file: string, mend: (data: TableFile) => Promise<TableFile>): Promise<string | null> {
  if (!(await isBroken(file))) {
    throw busyError('STATE_NOT_BROKEN', `${file} is not broken, so it was left as it is`, 'Run crabbox doctor.')
  }

  const previous = previousOf(file)
  const data = (await isBroken(previous)) ? null : await readTable(previous)
  if (data === null) {
    throw notFoundError(
      'NO_PREVIOUS_GENERATION',
      `there is no previous generation of ${file} that can be read`,
      `Mend the file by hand, or move it and ${previous} away to begin with an empty one.`,
    )
  }

  const mended = await mend(data)
  const kept = `${file}.broken-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`
  let found = true
  try {
    // A second name takes no space, so a full disk is no obstacle to keeping it.
    await link(file, kept).catch((error: unknown) => {
      if (!isErrno(error, 'ENOENT')) throw error
      found = false
    })
    await writeDurably(file, mended === data ? await readFile(previous) : JSON.stringify(mended))
  } catch (error) {
    throw stateError(kept, error)
  }

  return found ? kept : null
}

async function isBroken(file: string): Promise<boolean> {
  try {
    await readTable(file)
    return false
  } catch (error) {
    if (error instanceof CrabboxError && error.code === 'STATE_CORRUPT') return true
    throw error
  }
}
