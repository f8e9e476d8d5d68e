import type {Checkpoint, CheckpointOf, Stored} from '../core/checkpoint.js'
import {CrabboxError} from '../core/errors.js'
import type {CheckpointId} from '../core/ids.js'
import type {Provider} from '../core/provider.js'
import type {Tier} from '../core/tier.js'
import {handlersFor} from '../core/narrow.js'
import {openCatalog} from '../state/catalog.js'
import {collectGarbage} from '../tiers/archive-garbage.js'
import type {Environment} from './environment.js'
import {withCheckpoint} from './locking.js'

export interface DeleteOptions {
  /** Forget the record and leave what the backend holds. */
  readonly localOnly: boolean
  /** Also delete what other work depends on, such as a promoted image. Default: no. */
  readonly force?: boolean
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
  const known = (await catalog.read()).rows.get(id)
  // Once it is marked, the delete is finished whatever comes.
  if (known !== undefined && known.state !== 'deleting' && options.force !== true)
    await refuse(known, options, environment)
  const checkpoint = await catalog.transact(rows => {
    const row = rows.get(id)
    if (row !== undefined && row.state !== 'deleting') rows.set(id, {...row, state: 'deleting'})
    return row
  })
  if (checkpoint === undefined) return
  if (!options.localOnly || checkpoint.tier === 'workspace-archive') await removeData(checkpoint, options, environment)
  await catalog.transact(rows => void rows.delete(id))
}

async function refuse<T extends Tier>(
  checkpoint: CheckpointOf<T>,
  options: DeleteOptions,
  environment: Environment,
): Promise<void> {
  const {artifact} = checkpoint
  if (artifact === null) return
  const provider = await providerOf(checkpoint, options, environment)
  await provider?.tiers[checkpoint.tier]?.refuseDelete?.({...checkpoint, artifact}, environment)
}

async function removeData<T extends Tier>(
  checkpoint: CheckpointOf<T>,
  options: DeleteOptions,
  environment: Environment,
): Promise<void> {
  const {artifact} = checkpoint
  if (artifact === null) return
  const provider = await providerOf(checkpoint, options, environment)
  const stored = {...checkpoint, artifact}
  if (provider !== null) await handlersFor(provider, checkpoint.tier).delete(stored, environment)
  else if (isArchive(stored)) await collectGarbage(environment.stateDir, stored)
}

/** Null: its plugin is not installed any more, and nothing is asked of it, because all lies here or stays where it is. */
async function providerOf(
  {tier, provider}: CheckpointOf<Tier>,
  {localOnly}: DeleteOptions,
  {registry}: Environment,
): Promise<Provider | null> {
  try {
    return await registry.get(provider)
  } catch (error) {
    const unknown = error instanceof CrabboxError && error.code === 'PROVIDER_UNKNOWN'
    if (unknown && (localOnly || tier === 'workspace-archive' || tier === 'recipe')) return null
    throw error
  }
}

const isArchive = (checkpoint: Stored<Tier>): checkpoint is Stored<'workspace-archive'> =>
  checkpoint.tier === 'workspace-archive'
