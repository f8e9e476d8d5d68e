import type {Table} from '../state/table.js'
import {busyKeys} from './interrupted.js'

/**
 * The rows in the middle of something that nobody is at any more. Takes no lock: one that is taken for a look would refuse
 * whoever comes for a row that was finished a moment ago. A row counts where nobody held it after it was seen, and where
 * it is still unfinished after that.
 */
export async function abandoned<Row extends {readonly id: string}>(
  table: Pick<Table<Row>, 'read'>,
  unfinished: (row: Row) => boolean,
  stateDir: string,
): Promise<Row[]> {
  const seen = [...(await table.read()).rows.values()].filter(row => unfinished(row))
  if (seen.length === 0) return []
  const busy = await busyKeys(stateDir)
  const {rows} = await table.read()
  return seen
    .filter(({id}) => !busy.has(id))
    .flatMap(({id}) => rows.get(id) ?? [])
    .filter(row => unfinished(row))
}
