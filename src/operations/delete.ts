import type {Checkpoint, CheckpointOf} from '../core/checkpoint.js'
import type {CheckpointId} from '../core/ids.js'
import type {Tier} from '../core/tier.js'
import {handlersFor} from '../providers/narrow.js'
import {openCatalog} from '../state/catalog.js'
import type {Environment} from './environment.js'
import {withCheckpoint} from './locking.js'

export interface DeleteOptions {
  /** Forget the record and leave what the backend holds. */
  readonly localOnly: boolean
}

/** Deletes a checkpoint: marked first, its data next, the record last. Interrupted at any point, it can be repeated. */
export async function deleteCheckpoint(
  checkpoint: Checkpoint,
  options: DeleteOptions,
  environment: Environment,
): Promise<void> {
  await withCheckpoint(environment.stateDir, checkpoint.id, {mode: 'exclusive', what: 'checkpoint delete'}, () =>
    removeCheckpoint(checkpoint.id, options, environment),
  )
}

/** Like `deleteCheckpoint`, for callers that hold the checkpoint already. */
export async function removeCheckpoint(
  id: CheckpointId,
  options: DeleteOptions,
  environment: Environment,
): Promise<void> {
  const catalog = openCatalog(environment.stateDir)
  const checkpoint = await catalog.transact(rows => {
    const row = rows.get(id)
    if (row !== undefined && row.state !== 'deleting') rows.set(id, {...row, state: 'deleting'})
    return row
  })
  if (checkpoint === undefined) return
  if (!options.localOnly || checkpoint.tier === 'workspace-archive') await removeData(checkpoint, environment)
  await catalog.transact(rows => void rows.delete(id))
}

async function removeData<T extends Tier>(checkpoint: CheckpointOf<T>, environment: Environment): Promise<void> {
  const {artifact} = checkpoint
  if (artifact === null) return
  const provider = await environment.registry.get(checkpoint.provider)
  await handlersFor(provider, checkpoint.tier).delete({...checkpoint, artifact}, environment)
}
