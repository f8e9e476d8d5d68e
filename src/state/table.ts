import {Low} from 'lowdb'

import {configError} from '../core/errors.js'
import {durableJson, previousOf, readTable, SCHEMA_VERSION, type TableFile} from './adapter.js'
import {withMutex} from './mutex.js'
import {rollback} from './rollback.js'

/** A row that cannot be used. It is kept as it is. */
export interface DamagedRow {
  readonly id: string
  readonly reason: string
}

/** A row that was damaged, and whether it is back as it was before the last change. */
export interface RepairedRow extends DamagedRow {
  readonly back: boolean
}

/** Rows by id, in one JSON file. */
export interface Table<Row extends {readonly id: string}> {
  /** One bad row never hides the others. Needs no write permission. */
  readonly read: () => Promise<{readonly rows: ReadonlyMap<string, Row>; readonly damaged: readonly DamagedRow[]}>
  /**
   * Locks, reads again, changes, and writes where rows were replaced, added or removed. What the callback throws changes
   * nothing. Damaged rows are kept as they are; putting another in the place of one throws `RECORD_DAMAGED`.
   */
  readonly transact: <R>(change: (rows: Map<string, Row>, damaged: readonly unknown[]) => R | Promise<R>) => Promise<R>
  /**
   * Puts the rows of the previous generation in the place of damaged ones, where they are such as may come back; the others are removed for good.
   * Answers with all that were damaged.
   */
  readonly repair: (mayComeBack: (row: Row) => boolean) => Promise<readonly RepairedRow[]>
  /**
   * Puts the previous generation in the place of a broken file, which is kept. Returns where; null where the file was gone. `mend` may change its rows
   * before anybody sees them; what it throws leaves everything as it is. See `rollback.ts` for the other errors.
   */
  readonly rollback: (mend?: (rows: Map<string, Row>) => Promise<void>) => Promise<string | null>
}

/** Why a value is no usable row, or null. */
export type CheckRow = (value: unknown) => string | null

export function openTable<Row extends {readonly id: string}>(file: string, check: CheckRow): Table<Row> {
  const mutex = `${file}.lock`
  /** Tells rows that can be used from those that cannot. */
  const sort = (data: TableFile): {rows: Map<string, Row>; damaged: DamagedRow[]} => {
    const rows = new Map<string, Row>()
    const damaged: DamagedRow[] = []
    for (const [id, value] of Object.entries(data.rows)) {
      const reason = check(value) ?? ((value as Row).id === id ? null : 'its id is not the one it is stored under')
      if (reason === null) rows.set(id, value as Row)
      else damaged.push({id, reason})
    }

    return {rows, damaged}
  }

  const load = async (): Promise<{db: Low<TableFile>; rows: Map<string, Row>; damaged: DamagedRow[]}> => {
    const db = new Low<TableFile>(durableJson(file), {schemaVersion: SCHEMA_VERSION, rows: {}})
    await db.read()
    return {db, ...sort(db.data)}
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
        const result = await change(
          rows,
          damaged.map(({id}) => db.data.rows[id]),
        )
        if (sameRows(before, rows)) return result
        const kept = damaged.map(({id}) => [id, db.data.rows[id]] as const)
        for (const [id] of kept) if (rows.has(id)) throw damagedError(id)
        db.data = {schemaVersion: SCHEMA_VERSION, rows: Object.fromEntries([...rows, ...kept])}
        await db.write()
        return result
      }),
    repair: mayComeBack =>
      withMutex(mutex, async () => {
        const {db, damaged} = await load()
        if (damaged.length === 0) return []
        const before = sort((await readTable(previousOf(file)).catch(() => null)) ?? db.data).rows
        const back = new Map(
          damaged
            .flatMap(({id}) => before.get(id) ?? [])
            .filter(mayComeBack)
            .map(row => [row.id, row]),
        )
        const bad = new Set(damaged.map(({id}) => id))
        const rest = Object.entries(db.data.rows).filter(([id]) => !bad.has(id))
        db.data = {schemaVersion: SCHEMA_VERSION, rows: Object.fromEntries([...rest, ...back])}
        await db.write()
        return damaged.map(row => ({...row, back: back.has(row.id)}))
      }),
    rollback: mend =>
      withMutex(mutex, () =>
        rollback(file, async data => {
          const {rows} = sort(data)
          const before = new Map(rows)
          await mend?.(rows)
          return sameRows(before, rows) ? data : {...data, rows: {...data.rows, ...Object.fromEntries(rows)}}
        }),
      ),
  }
}

function sameRows<Row>(a: ReadonlyMap<string, Row>, b: ReadonlyMap<string, Row>): boolean {
  if (a.size !== b.size) return false
  for (const [id, row] of a) if (b.get(id) !== row) return false
  return true
}

const damagedError = (id: string): Error =>
  configError(
    'RECORD_DAMAGED',
    `there is a damaged record of ${id}; it was left as it is`,
    'Run crabbox doctor --repair: it takes it from the previous generation, or drops it.',
  )
