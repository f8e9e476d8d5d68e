import type {Checkpoint} from '../core/checkpoint.js'
import {isCheckpointId} from '../core/ids.js'
import {TIERS} from '../core/tier.js'
import {statePaths} from './paths.js'
import {openTable, type Table} from './table.js'

/** The checkpoints of a state directory. */
export const openCatalog = (stateDir: string): Table<Checkpoint> =>
  openTable(statePaths(stateDir).catalog, checkCheckpoint)

const STATES: readonly unknown[] = ['creating', 'ready', 'failed', 'deleting']

/** Enough to list, filter and delete a record; the rest is checked where it is used. */
function checkCheckpoint(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return 'it is no object'
  const row = value as Partial<Record<keyof Checkpoint, unknown>>
  if (typeof row.id !== 'string' || !isCheckpointId(row.id)) return 'it has no checkpoint id'
  if (!(TIERS as readonly unknown[]).includes(row.tier)) return `its tier ${JSON.stringify(row.tier)} is not known`
  if (!STATES.includes(row.state)) return `its state ${JSON.stringify(row.state)} is not known`
  if (typeof row.createdAt !== 'string' || typeof row.provider !== 'string') return 'it is incomplete'
  if (typeof row.lease !== 'object' || row.lease === null || typeof row.workdir !== 'object' || row.workdir === null)
    return 'it is incomplete'
  if (typeof row.labels !== 'object' || row.labels === null) return 'it is incomplete'
  return null
}
