import type {Context} from '../core/context.js'
import type {RestoreHandlers} from '../core/restore.js'
import {newAttempt} from '../workspace/attempt.js'
import {loadManifest} from '../workspace/manifest.js'
import {restoreTree} from '../workspace/restore.js'
import {recoverSidecar} from '../workspace/sidecar.js'
import {archiveStore} from '../workspace/store.js'
import type {ArchiveLeases} from './archive-leases.js'
import {archiveUndo, undoOn} from './archive-undo.js'
import {withTransportAgain} from './with-transport.js'

/** In-place restore and undo of workspace archives. */
export const workspaceArchiveRestore = (leases: ArchiveLeases): RestoreHandlers<'workspace-archive'> => ({
  restore: async ({checkpoint, lease, target, dryRun}, context) => {
    const store = archiveStore(context.stateDir)
    const manifest = loadManifest(store.manifests, checkpoint.id, checkpoint.artifact.manifestSha256)
    manifest.catch(() => undefined)
    const shared = archiveUndo(context.stateDir, lease, target)
    const attempt = newAttempt(context.stateDir)
    return withTransportAgain(leases, lease, context, transport =>
      restoreTree(
        {
          ...shared,
          transport,
          attempt,
          target,
          manifest,
          dryRun,
          excludes: checkpoint.artifact.excludes,
          undo: 'keep',
        },
        context,
      ),
    )
  },
  undo: (request, context) => undoOn(leases, request, context),
  recover: ({lease, target}, context: Context) =>
    withTransportAgain(leases, lease, context, transport => recoverSidecar(transport, target, context)),
})
