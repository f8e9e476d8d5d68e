import {access, rename, rm} from 'node:fs/promises'
import {copyFile} from 'node:fs/promises'
import {Low} from 'lowdb'

import {notFoundError} from '../core/errors.js'
import {durableJson, previousOf, SCHEMA_VERSION, type TableFile} from './adapter.js'
import {withMutex} from './mutex.js'

/** A row that cannot be used. It is kept as it is. */
export interface DamagedRow {
  readonly id: string
  readonly reason: string
}

/** Rows by id, in one JSON file. */
export interface Table<Row extends {readonly id: string}> {
  /** One bad row never hides the others. Needs no write permission. */
  readonly read: () => Promise<{readonly rows: ReadonlyMap<string, Row>; readonly damaged: readonly DamagedRow[]}>
  /** Locks, reads again, changes, and writes where rows were replaced, added or removed. What the callback throws changes nothing. */
  readonly transact: <R>(change: (rows: Map<string, Row>) => R | Promise<R>) => Promise<R>
  /** Removes a damaged row for good. */
  readonly discard: (id: string) => Promise<void>
  /** Puts the previous generation in the place of a broken file, which is kept. Returns where. Throws `NO_PREVIOUS_GENERATION`. */
  readonly rollback: () => Promise<string>
}

/** Why a value is no usable row, or null. */
export type CheckRow = (value: unknown) => string | null

export function openTable<Row extends {readonly id: string}>(file: string, check: CheckRow): Table<Row> {
  const mutex = `${file}.lock`
  const load = async (): Promise<{db: Low<TableFile>; rows: Map<string, Row>; damaged: DamagedRow[]}> => {
    const db = new Low<TableFile>(durableJson(file), {schemaVersion: SCHEMA_VERSION, rows: {}})
    await db.read()
    const rows = new Map<string, Row>()
    const damaged: DamagedRow[] = []
    for (const [id, value] of Object.entries(db.data.rows)) {
      const reason = check(value) ?? ((value as Row).id === id ? null : 'its id is not the one it is stored under')
      if (reason === null) rows.set(id, value as Row)
      else damaged.push({id, reason})
    }

    return {db, rows, damaged}
  }

  return {
    read: async () => {
      const {rows, damaged} = await load()
      return {rows, damaged}
    },
    transact: change =>
      withMutex(mutex, async () => {
        const {db, rows, damaged} = await load()
        const before = new Map(rows)
        const result = await change(rows)
        if (sameRows(before, rows)) return result
        const kept = damaged.map(({id}) => [id, db.data.rows[id]] as const)
        db.data = {schemaVersion: SCHEMA_VERSION, rows: Object.fromEntries([...rows, ...kept])}
        await db.write()
        return result
      }),
    discard: id =>
      withMutex(mutex, async () => {
        const {db} = await load()
        const rows = Object.fromEntries(Object.entries(db.data.rows).filter(([key]) => key !== id))
        db.data = {schemaVersion: SCHEMA_VERSION, rows}
        await db.write()
      }),
    rollback: () => withMutex(mutex, () => rollback(file)),
  }
}

function sameRows<Row>(a: ReadonlyMap<string, Row>, b: ReadonlyMap<string, Row>): boolean {
  if (a.size !== b.size) return false
  for (const [id, row] of a) if (b.get(id) !== row) return false
  return true
}

async function rollback(file: string): Promise<string> {
  const previous = previousOf(file)
  try {
    await access(previous)
  } catch {
    throw notFoundError(
      'NO_PREVIOUS_GENERATION',
      `there is no previous generation of ${file}`,
      `Mend the file by hand, or move it away to begin with an empty one.`,
    )
  }

  const kept = `${file}.broken-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`
  await copyFile(file, kept)
  const draft = `${file}.${process.pid}-00000001.tmp`
  await copyFile(previous, draft)
  await rename(draft, file)
  await rm(draft, {force: true})
  return kept
}
