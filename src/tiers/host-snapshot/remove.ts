import type {Stored} from '../../core/checkpoint.js'
import type {Context} from '../../core/context.js'
import {throwIfAborted} from '../../core/errors.js'
import {snapshotForeign} from './failures.js'
import {onHost, type HostSnapshotLeases} from './leases.js'
import {placeOf} from './place.js'
import {runOnHost} from './run.js'
import {REMOVE} from './scripts.js'

/** Removes a saved state, or what an interrupted `create` or `delete` has left of one. */
export async function remove(
  leases: HostSnapshotLeases,
  checkpoint: Stored<'provider-native'>,
  context: Context,
): Promise<void> {
  throwIfAborted(context.signal)
  const {details, reference} = checkpoint.artifact
  const output = await onHost(leases, details, context, transport =>
    runOnHost(
      transport,
      {script: REMOVE, args: placeOf(checkpoint), purpose: `remove what ${checkpoint.id} saved`},
      context.signal,
    ),
  )
  if (output !== '') throw snapshotForeign(reference)
}
