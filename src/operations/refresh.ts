import {asCheckpoint, type Checkpoint, type CheckpointOf, type Stored} from '../core/checkpoint.js'
import {notFoundError} from '../core/errors.js'
import type {Refreshed} from '../core/handlers.js'
import type {CheckpointId} from '../core/ids.js'
import type {Tier} from '../core/tier.js'
import {handlersFor} from '../core/narrow.js'
import {openCatalog} from '../state/catalog.js'
import type {Environment} from './environment.js'

/** Asks the provider how far a checkpoint is that was cut, and records what it answers. Others are as they are. */
export async function refreshed(checkpoint: Checkpoint, environment: Environment): Promise<Checkpoint> {
  return checkpoint.state === 'cut' ? (await look(checkpoint, environment)).checkpoint : checkpoint
}

/** The record as it is now, and how far it is in percent; null where the provider does not tell. */
export interface Looked {
  readonly checkpoint: Checkpoint
  readonly percent: number | null
}

/** Looks once at a checkpoint that was cut. */
export async function look<T extends Tier>(checkpoint: CheckpointOf<T>, environment: Environment): Promise<Looked> {
  const {artifact, tier} = checkpoint
  const handlers = handlersFor(await environment.registry.get(checkpoint.provider), tier)
  if (artifact === null || handlers.refresh === undefined) return {checkpoint: asCheckpoint(checkpoint), percent: null}
  const found = await handlers.refresh({...checkpoint, artifact} satisfies Stored<T>, environment)
  return {checkpoint: await store(checkpoint.id, found, environment), percent: found.percent}
}

/** Records how far a checkpoint is. One that is being deleted, or was, stays so. */
export async function store<T extends Tier>(
  id: CheckpointId,
  {state, artifact, sizes, failure}: Refreshed<T>,
  {stateDir}: Environment,
): Promise<Checkpoint> {
  return openCatalog(stateDir).transact(rows => {
    const row = rows.get(id)
    if (row === undefined) throw notFoundError('CHECKPOINT_NOT_FOUND', `${id} was deleted meanwhile`)
    if (row.state !== 'cut' && row.state !== 'creating') return row
    const next = {...row, state, artifact, sizes: sizes ?? row.sizes, failure} as Checkpoint
    rows.set(id, next)
    return next
  })
}
