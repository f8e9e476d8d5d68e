import type {LeaseReference} from '../core/lease.js'

/** Remembers which leases there may be, so that they can be given back whatever happens. */
export interface LeaseKeeper {
  /** Called before a lease is made, and again when more is known of it. */
  readonly put: (lease: LeaseReference) => Promise<void>
  /** Called when a lease is gone. */
  readonly remove: (id: LeaseReference['id']) => Promise<void>
}

/** Remembers nothing. */
export const forgetful: LeaseKeeper = {put: async () => undefined, remove: async () => undefined}
