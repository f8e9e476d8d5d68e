import type {Checkpoint, CheckpointOf} from '../core/checkpoint.js'
import {CrabboxError} from '../core/errors.js'
import type {Cost} from '../core/handlers.js'
import type {Tier} from '../core/tier.js'
import type {Environment} from './environment.js'

/** What it costs to keep a checkpoint; null where it costs nothing but local disk, or its provider is not installed any more. */
export async function costOf(checkpoint: Checkpoint, {registry}: Pick<Environment, 'registry'>): Promise<Cost | null> {
  // What lies on this machine has no price, and needs no provider to be loaded.
  if (checkpoint.tier === 'workspace-archive' || checkpoint.tier === 'recipe') return null
  return priced(checkpoint, registry)
}

async function priced<T extends Tier>(
  checkpoint: CheckpointOf<T>,
  registry: Environment['registry'],
): Promise<Cost | null> {
  const {artifact, tier} = checkpoint
  if (artifact === null) return null
  try {
    const {tiers} = await registry.get(checkpoint.provider)
    return tiers[tier]?.cost?.({...checkpoint, artifact}) ?? null
  } catch (error) {
    if (error instanceof CrabboxError) return null
    throw error
  }
}
