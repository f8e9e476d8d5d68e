import type {Context} from '../core/context.js'
import type {Lease} from '../core/lease.js'
import type {LeaseOperations} from '../core/provider.js'
import type {UndoRequest} from '../core/restore.js'
import {newAttempt} from '../workspace/attempt.js'
import {baselineFiles} from '../workspace/baseline.js'
import {loadManifest} from '../workspace/manifest.js'
import {archiveStore} from '../workspace/store.js'
import {undoRestore, type UndoTreeRequest} from '../workspace/undo.js'
import {withTransportAgain} from './with-transport.js'

/** Puts back what the last restore replaced, whichever tier that was of. A connection that is lost is tried again: what has happened by then is not undone. */
export function undoOn(
  leases: Pick<LeaseOperations, 'connect'>,
  {lease, target}: UndoRequest,
  context: Context,
): Promise<{readonly checkpoint: string}> {
  const attempt = newAttempt<{checkpoint: string}>(context.stateDir)
  const known = archiveUndo(context.stateDir, lease, target)
  return withTransportAgain(leases, lease, context, transport =>
    undoRestore({...known, transport, target, attempt}, context),
  )
}

/** What is known here of the workdir of a lease, and of the tree beside it that the last restore replaced. */
export function archiveUndo(
  stateDir: string,
  lease: Pick<Lease, 'id'>,
  target: string,
): Pick<UndoTreeRequest, 'layersDirectory' | 'baselines' | 'loadTree'> {
  const store = archiveStore(stateDir)
  return {
    layersDirectory: store.layers,
    baselines: baselineFiles(store.baselines, lease.id, target),
    // A checkpoint that was deleted since is no failure here: then nothing is known of the files, and all are sent.
    loadTree: id => loadManifest(store.manifests, id, null).catch(() => null),
  }
}
