import type {Context} from '../../core/context.js'
import type {LeaseReference} from '../../core/lease.js'

/** Milliseconds for which a command believes that a lease is there, having seen it: one piece of its work often follows another. */
const FRESH = 1000

/** When leases were seen last, by the command that saw them. */
const sightings = new WeakMap<AbortSignal, Map<string, number>>()

/**
 * Remembers that a lease was there. Only where somebody says when all is done: others may come a day later.
 * @param at when it was looked for, as `performance.now()` has it. Default: now
 */
export function noteSeen({id}: Pick<LeaseReference, 'id'>, {done}: Context, at = performance.now()): void {
  if (done === undefined) return
  const seen = sightings.get(done) ?? new Map<string, number>()
  sightings.set(done, seen.set(id, at))
}

/** Whether this command has seen a lease a moment ago. */
export function wasSeen({id}: Pick<LeaseReference, 'id'>, {done}: Context): boolean {
  const at = done === undefined ? undefined : sightings.get(done)?.get(id)
  return at !== undefined && performance.now() - at < FRESH
}

/** For whoever removes a lease. */
export function forgetSeen({id}: Pick<LeaseReference, 'id'>, {done}: Context): void {
  if (done !== undefined) sightings.get(done)?.delete(id)
}
