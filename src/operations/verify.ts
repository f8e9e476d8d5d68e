import type {Checkpoint, Stored} from '../core/checkpoint.js'
import type {VerifyReport} from '../core/handlers.js'
import type {Tier} from '../core/tier.js'
import {handlersFor} from '../core/narrow.js'
import {requireReady} from './checkpoint-record.js'
import type {Environment} from './environment.js'
import {withCheckpoint} from './locking.js'
import {refreshed} from './refresh.js'

/** Reads and checks every byte of a checkpoint. */
export async function verifyCheckpoint(checkpoint: Checkpoint, environment: Environment): Promise<VerifyReport> {
  const stored = requireReady(await refreshed(checkpoint, environment))
  return withCheckpoint(environment.stateDir, stored.id, {mode: 'shared', what: 'checkpoint verify'}, () =>
    verify(stored, environment),
  )
}

async function verify<T extends Tier>(checkpoint: Stored<T>, environment: Environment): Promise<VerifyReport> {
  const provider = await environment.registry.get(checkpoint.provider)
  return handlersFor(provider, checkpoint.tier).verify(checkpoint, environment)
}
