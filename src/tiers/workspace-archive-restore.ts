import type {Context} from '../core/context.js'
import type {CheckpointId} from '../core/ids.js'
import type {Lease} from '../core/lease.js'
import type {RestoreHandlers} from '../core/restore.js'
import {baselineFiles} from '../workspace/baseline.js'
import {loadManifest, type Manifest} from '../workspace/manifest.js'
import {restoreTree} from '../workspace/restore.js'
import {recoverSidecar} from '../workspace/sidecar.js'
import {archiveStore, type ArchiveStore} from '../workspace/store.js'
import {undoRestore} from '../workspace/undo.js'
import type {ArchiveLeases} from './workspace-archive.js'
import {withTransport, withTransportAgain} from './with-transport.js'

/** In-place restore and undo of workspace archives. */
export const workspaceArchiveRestore = (leases: ArchiveLeases): RestoreHandlers<'workspace-archive'> => ({
  restore: async ({checkpoint, lease, target, dryRun}, context) => {
    const store = archiveStore(context.stateDir)
    const manifest = loadManifest(store.manifests, checkpoint.id, checkpoint.artifact.manifestSha256)
    manifest.catch(() => undefined)
    const shared = common(store, lease, target)
    return withTransportAgain(leases, lease, context, transport =>
      restoreTree(
        {
          ...shared,
          transport,
          target,
          manifest,
          dryRun,
          excludes: checkpoint.artifact.excludes,
          undo: 'keep',
          twin: null,
        },
        context,
      ),
    )
  },
  undo: ({lease, target}, context) =>
    withTransport(leases, lease, context, transport =>
      undoRestore({...common(archiveStore(context.stateDir), lease, target), transport, target}, context),
    ),
  recover: ({lease, target}, context: Context) =>
    withTransportAgain(leases, lease, context, transport => recoverSidecar(transport, target, context.signal)),
})

function common(
  store: ArchiveStore,
  lease: Lease,
  target: string,
): {
  layersDirectory: string
  baselines: {current: string; undo: string}
  loadTree: (id: CheckpointId) => Promise<Manifest | null>
} {
  return {
    layersDirectory: store.layers,
    baselines: baselineFiles(store.baselines, lease.id, target),
    // A checkpoint that was deleted since is no failure here: then nothing is known of the files, and all are sent.
    loadTree: id => loadManifest(store.manifests, id, null).catch(() => null),
  }
}
