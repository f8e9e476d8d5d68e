import {isLeaseId} from '../core/ids.js'
import type {Lease} from '../core/lease.js'
import {statePaths} from './paths.js'
import {openTable, type Table} from './table.js'

/** The leases of a state directory. */
export const openLeases = (stateDir: string): Table<Lease> => openTable(statePaths(stateDir).leases, checkLease)

const STATES: readonly unknown[] = ['creating', 'ready', 'releasing']

function checkLease(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return 'it is no object'
  const row = value as Partial<Record<keyof Lease, unknown>>
  if (typeof row.id !== 'string' || !isLeaseId(row.id)) return 'it has no lease id'
  if (!STATES.includes(row.state)) return `its state ${JSON.stringify(row.state)} is not known`
  if (typeof row.slug !== 'string' || typeof row.provider !== 'string' || typeof row.workdir !== 'string')
    return 'it is incomplete'
  if (!Array.isArray(row.history) || typeof row.details !== 'object' || row.details === null) return 'it is incomplete'
  return null
}
