import {link, readFile, rename, rm} from 'node:fs/promises'
import type {Adapter} from 'lowdb'

import {configError, isErrno, reasonOf} from '../core/errors.js'
import {stateError, writeDurably} from './files.js'

/** What a table's file holds. */
export interface TableFile {
  readonly schemaVersion: number
  readonly rows: Readonly<Record<string, unknown>>
}

/** The schema that this version writes. Older ones are migrated when they are read. */
export const SCHEMA_VERSION = 1

export const previousOf = (file: string): string => `${file}.previous`

/** A lowdb adapter that writes durably and keeps the previous generation. */
export const durableJson = (file: string): Adapter<TableFile> => ({
  read: () => read(file),
  write: async data => {
    await keepPrevious(file)
    await writeDurably(file, JSON.stringify(data))
  },
})

async function read(file: string): Promise<TableFile | null> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return null
    throw stateError(file, error)
  }

  let data: TableFile
  try {
    data = JSON.parse(text) as TableFile
    if (typeof data !== 'object' || data === null || typeof data.rows !== 'object' || data.rows === null)
      throw new Error('it holds no rows')
  } catch (error) {
    throw configError(
      'STATE_CORRUPT',
      `${file} cannot be read: ${reasonOf(error)}; it was left as it is`,
      'Run crabbox doctor --repair to go back to its previous generation.',
      error,
    )
  }

  if (data.schemaVersion <= SCHEMA_VERSION) return data
  throw configError(
    'STATE_TOO_NEW',
    `${file} was written by a newer crabbox (schema ${data.schemaVersion})`,
    'Update crabbox, or use another CRABBOX_STATE_DIR.',
  )
}

/** A second name for the present generation, so that there is no moment without a whole file. */
async function keepPrevious(file: string): Promise<void> {
  const previous = previousOf(file)
  const fresh = `${previous}.${process.pid}-00000000.tmp`
  try {
    await rm(fresh, {force: true})
    await link(file, fresh)
    await rename(fresh, previous)
    // Where both are the same file already, rename leaves the source.
    await rm(fresh, {force: true})
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw stateError(previous, error)
  }
}
