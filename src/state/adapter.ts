import {readFile} from 'node:fs/promises'
import type {Adapter} from 'lowdb'

import {configError, isErrno, reasonOf} from '../core/errors.js'
import {exists, stateError, writeDurably} from './files.js'
import {isObject} from './json.js'

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
  read: () => readTable(file),
  write: data => writeDurably(file, JSON.stringify(data), previousOf(file)),
})

/**
 * What a table's file holds; null where there is none, and never was.
 * @throws {CrabboxError} `STATE_CORRUPT`, `STATE_TOO_NEW`, `STATE_DIR_UNUSABLE`
 */
export async function readTable(file: string): Promise<TableFile | null> {
  let text = await textOf(file)
  if (text === null) {
    if (!(await exists(previousOf(file)))) return null
    // Others may have made both since.
    text = (await textOf(file)) ?? lost(file)
  }

  const data = parse(file, text)
  if (data.schemaVersion <= SCHEMA_VERSION) return data
  throw configError(
    'STATE_TOO_NEW',
    `${file} was written by a newer crabbox (schema ${data.schemaVersion})`,
    'Update crabbox, or use another CRABBOX_STATE_DIR.',
  )
}

async function textOf(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return null
    throw stateError(file, error, 'read')
  }
}

/** No write leaves a moment without the file, so somebody has removed it, and the next write would replace what is kept of it. */
function lost(file: string): never {
  throw configError(
    'STATE_CORRUPT',
    `${file} is gone, and ${previousOf(file)} is still there`,
    'Run crabbox doctor --repair to go back to that, or remove it, too, to begin with an empty one.',
  )
}

function parse(file: string, text: string): TableFile {
  try {
    const data: unknown = JSON.parse(text)
    if (!isObject(data) || !Number.isSafeInteger(data['schemaVersion'])) throw new Error('it names no schema version')
    const schemaVersion = data['schemaVersion'] as number
    // Where a newer schema keeps its rows is not known here.
    if (schemaVersion <= SCHEMA_VERSION && !isObject(data['rows'])) throw new Error('it holds no rows')
    return data as unknown as TableFile
  } catch (error) {
    throw configError(
      'STATE_CORRUPT',
      `${file} cannot be read: ${reasonOf(error)}; it was left as it is`,
      'Run crabbox doctor --repair to go back to its previous generation.',
      error,
    )
  }
}
