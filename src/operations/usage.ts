import type {CheckpointId} from '../core/ids.js'
import type {Progress} from '../core/progress.js'
import {reasonOf} from '../core/errors.js'
import {openCatalog} from '../state/catalog.js'

/**
 * Notes that a checkpoint was used. A record that was deleted meanwhile stays deleted, and a note that cannot be written
 * takes nothing back from the fork or restore that succeeded.
 */
export async function noteUse(stateDir: string, id: CheckpointId, progress: Progress): Promise<void> {
  try {
    await openCatalog(stateDir).transact(rows => {
      const row = rows.get(id)
      if (row !== undefined) rows.set(id, {...row, lastUsedAt: new Date().toISOString()})
    })
  } catch (error) {
    progress.warn(`the use of ${id} could not be noted: ${reasonOf(error)}`)
  }
}
