import type {Context} from '../../core/context.js'
import {throwIfAborted} from '../../core/errors.js'
import type {ForkRequest} from '../../core/handlers.js'
import type {Placement} from '../../core/lease.js'
import {intoNewLease} from '../new-lease.js'
import {withTransportAgain} from '../with-transport.js'
import {rememberCopied} from './baseline.js'
import {onHost, type HostSnapshotLeases} from './leases.js'
import {choiceFor, placeOf} from './place.js'
import {runOnHost} from './run.js'
import {COPY, LOOK} from './scripts.js'

/** Opens a lease on the host of what was saved, and copies that into it. */
export async function fork(
  leases: HostSnapshotLeases,
  {checkpoint, lease: wish}: ForkRequest<'provider-native'>,
  context: Context,
): Promise<Placement> {
  const {signal} = context
  throwIfAborted(signal)
  const {id, artifact} = checkpoint
  const args = placeOf(checkpoint)
  const request = {...wish, host: choiceFor(checkpoint, wish.host, context.hosts)}
  // Before anything is acquired: is there something to put on it?
  await onHost(leases, artifact.details, context, transport =>
    runOnHost(transport, {script: LOOK, args, purpose: 'look for the saved state'}, signal),
  )
  return intoNewLease(leases, request, context, async lease => {
    const target = lease.workdir
    const task = context.progress.start('copying', undefined, 'files')
    try {
      await withTransportAgain(leases, lease, context, async transport => {
        await runOnHost(transport, {script: COPY, args: [...args, target], purpose: `copy ${id} on its host`}, signal)
        await rememberCopied(transport, id, {lease, target}, context)
      })
    } finally {
      task.done()
    }
  })
}
