import type {Lease} from '../core/lease.js'
import {openLeases} from '../state/leases.js'
import type {DamagedRow} from '../state/table.js'
import {busyKeys} from './interrupted.js'

export type ListedLease = Lease & {
  /** It is in the middle of something that was interrupted. */
  readonly interrupted: boolean
  /** Its time is over; nothing stops it by itself. */
  readonly expired: boolean
}

/** All leases, newest first. Asks no provider and changes nothing. */
export async function listLeases(stateDir: string): Promise<{leases: ListedLease[]; damaged: readonly DamagedRow[]}> {
  const {rows, damaged} = await openLeases(stateDir).read()
  const busy = await busyKeys(stateDir)
  const now = Date.now()
  const leases = [...rows.values()].map(lease => ({
    ...lease,
    interrupted: lease.state !== 'ready' && !busy.has(lease.id),
    expired: lease.expiresAt !== null && Date.parse(lease.expiresAt) <= now,
  }))
  return {leases: leases.sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1)), damaged}
}
