import type {Context} from '../../core/context.js'
import {throwIfAborted} from '../../core/errors.js'
import type {RestoreHandlers, RestoreRequest, RestoreResult} from '../../core/restore.js'
import type {Transport} from '../../core/transport.js'
import {runScript} from '../../transports/script.js'
import {clientId, newAttempt} from '../../workspace/attempt.js'
import {dropBaseline, readBaseline} from '../../workspace/baseline.js'
import {ALWAYS_EXCLUDED_PATHS} from '../../workspace/excludes.js'
import {listTree} from '../../workspace/listing.js'
import {openTarget} from '../../workspace/open-target.js'
import {refuseClosed} from '../../workspace/closed.js'
import {refuseMounts} from '../../workspace/mounted.js'
import {discardStaging, recoverSidecar, refusedFor, sidecarOf} from '../../workspace/sidecar.js'
import {swapIn} from '../../workspace/swap.js'
import {PREPARE} from '../../workspace/staging-scripts.js'
import {archiveUndo, undoOn} from '../archive-undo.js'
import {withTransportAgain} from '../with-transport.js'
import {rememberCopied, snapshotBaseline} from './baseline.js'
import {compareWithSaved} from './compare.js'
import type {HostSnapshotLeases} from './leases.js'
import {placeOf, requireSameHost, treeOf} from './place.js'
import {runOnHost} from './run.js'
import {LOOK, STAGE} from './scripts.js'

/** In-place restore and undo of host snapshots. Shares what lies beside a workdir with the restore of archives. */
export const hostSnapshotRestore = (leases: HostSnapshotLeases): RestoreHandlers<'provider-native'> => ({
  restore: async (request, context) => {
    throwIfAborted(context.signal)
    requireSameHost(request.checkpoint, request.lease)
    return withTransportAgain(leases, request.lease, context, transport => restore(transport, request, context))
  },
  undo: (request, context) => undoOn(leases, request, context),
  recover: ({lease, target}, context) =>
    withTransportAgain(leases, lease, context, transport => recoverSidecar(transport, target, context)),
})

async function restore(
  transport: Transport,
  {checkpoint, lease, target, dryRun}: RestoreRequest<'provider-native'>,
  context: Context,
): Promise<RestoreResult> {
  const {signal} = context
  const {id} = checkpoint
  const {listing, mounts, closed} = await openTarget(transport, target, 'swap', signal, {
    client: dryRun ? clientId(context.stateDir) : '',
  })
  const present = listing?.stats ?? []
  refuseMounts(present, mounts)
  refuseClosed(closed, [])
  await runOnHost(transport, {script: LOOK, args: placeOf(checkpoint), purpose: 'look for the saved state'}, signal)
  const saved = await listTree(transport, treeOf(checkpoint), signal)
  const baseline = await readBaseline(snapshotBaseline(context, lease, target))
  const result = compareWithSaved(saved.stats, present, baseline?.checkpoint === id ? baseline : null)
  if (dryRun || (result.sent.length === 0 && result.removed.length === 0)) return result
  const owner = newAttempt(context.stateDir).id
  await stage(transport, checkpoint, target, owner, context)
  // What is known of a tree that will not be kept any more, whatever becomes of this process.
  await dropBaseline(archiveUndo(context.stateDir, lease, target).baselines.undo)
  const meta = {directories: [], replacedBy: id}
  await swapIn(transport, {target, source: 'staging', keep: 'keep', directories: [], meta, owner}, signal)
  await rememberCopied(transport, id, {lease, target}, {...context, signal: new AbortController().signal})
  return result
}

/** Copies what was saved beside the target. */
async function stage(
  transport: Transport,
  checkpoint: RestoreRequest<'provider-native'>['checkpoint'],
  target: string,
  owner: string,
  context: Context,
): Promise<void> {
  const sidecar = sidecarOf(target)
  const task = context.progress.start('restoring', undefined, 'files')
  let begun = false
  try {
    await runScript(transport, PREPARE, [sidecar, 'content', '', owner], context.signal, {
      purpose: 'prepare a staging directory',
      refusals: refusedFor(target),
    })
    begun = true
    const args = [...placeOf(checkpoint), target, `${sidecar}/staging/tree`, owner, ...ALWAYS_EXCLUDED_PATHS]
    await runOnHost(transport, {script: STAGE, args, purpose: `copy ${checkpoint.id} on its host`}, context.signal)
    throwIfAborted(context.signal)
  } catch (error) {
    const overtaken = await discardStaging(transport, target, owner, begun)
    throwIfAborted(context.signal)
    throw overtaken ?? error
  } finally {
    task.done()
  }
}
