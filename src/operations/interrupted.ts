import type {Checkpoint} from '../core/checkpoint.js'
import {listHolders, type Holder} from '../state/locks.js'

/** True for a record in the middle of something. */
export const isUnfinished = ({state}: Checkpoint): boolean => state === 'creating' || state === 'deleting'

/** True for such a record that nobody is at any more; `busy` is what `busyKeys` found. */
export const isInterrupted = (row: Checkpoint, busy: ReadonlySet<string>): boolean =>
  isUnfinished(row) && !busy.has(row.id)

/** The operations that work on a record now, by its id. */
export async function busyKeys(stateDir: string): Promise<Set<string>> {
  const holders = await listHolders(stateDir)
  return new Set(holders.filter(holder => holder.alive).map(holder => holder.key.slice(holder.key.indexOf(':') + 1)))
}

/** What killed processes left, as far as their locks tell. Changes nothing. */
export async function findInterrupted(stateDir: string): Promise<Holder[]> {
  const holders = await listHolders(stateDir)
  return holders.filter(holder => !holder.alive)
}
