import {asCheckpoint, type Stored} from '../core/checkpoint.js'
import type {Context} from '../core/context.js'
import type {CheckpointId} from '../core/ids.js'
import type {Tier} from '../core/tier.js'
import {openCatalog} from '../state/catalog.js'

/**
 * Keeps records while a case runs. Some handlers look for the other checkpoints: `workspace-archive` finds out from the catalog
 * which layers are still needed.
 */
export interface RecordKeeper {
  /** Adds a record, or replaces the one with its id. */
  readonly put: <T extends Tier>(checkpoint: Stored<T>) => Promise<void>
  /** Removes the record of an id. One that is not there is success. */
  readonly remove: (id: CheckpointId) => Promise<void>
}

/** Keeps them where Crabbox does: in the catalog of the context's state directory. */
export const catalogRecords = (context: Pick<Context, 'stateDir'>): RecordKeeper => ({
  put: checkpoint =>
    openCatalog(context.stateDir).transact(rows => void rows.set(checkpoint.id, asCheckpoint(checkpoint))),
  remove: id => openCatalog(context.stateDir).transact(rows => void rows.delete(id)),
})
