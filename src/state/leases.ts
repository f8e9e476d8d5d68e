import {isLeaseId} from '../core/ids.js'
import type {Lease} from '../core/lease.js'
import {isObject} from './json.js'
import {statePaths} from './paths.js'
import {openTable, type Table} from './table.js'

/** The leases of a state directory. */
export const openLeases = (stateDir: string): Table<Lease> => openTable(statePaths(stateDir).leases, checkLease)

const STATES: readonly unknown[] = ['creating', 'ready', 'releasing']

/** Enough to list a lease and give it back; the rest is checked where it is used. */
function checkLease(value: unknown): string | null {
  if (!isObject(value)) return 'it is no object'
  const row: Partial<Record<keyof Lease, unknown>> = value
  if (typeof row.id !== 'string' || !isLeaseId(row.id)) return 'it has no lease id'
  if (!STATES.includes(row.state)) return `its state ${JSON.stringify(row.state)} is not known`
  const {slug, provider, workdir, workRoot, createdAt, history, details, repo} = row
  const whole =
    [slug, provider, workdir, workRoot, row.class, createdAt].every(text => typeof text === 'string') &&
    Array.isArray(history) &&
    isObject(details) &&
    Object.values(details).every(text => typeof text === 'string') &&
    (repo === null || (isObject(repo) && typeof repo['name'] === 'string'))
  return whole ? null : 'it is incomplete'
}
