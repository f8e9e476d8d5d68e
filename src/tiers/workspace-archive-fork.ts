import {throwIfAborted} from '../core/errors.js'
import type {Context} from '../core/context.js'
import type {ForkRequest} from '../core/handlers.js'
import type {Placement} from '../core/lease.js'
import {newAttempt} from '../workspace/attempt.js'
import {baselineFiles} from '../workspace/baseline.js'
import {openManifest, type OpenedManifest} from '../workspace/manifest.js'
import {restoreTree} from '../workspace/restore.js'
import {archiveStore} from '../workspace/store.js'
import type {ArchiveLeases} from './archive-leases.js'
import {inTurn, type forkGroups} from './fork-group.js'
import {intoNewLease} from './new-lease.js'
import {withTransportAgain} from './with-transport.js'

/** Fills a new lease with what was saved. Forks that are made at the same time share what they can. */
export async function forkArchive(
  leases: ArchiveLeases,
  groups: ReturnType<typeof forkGroups>,
  request: ForkRequest<'workspace-archive'>,
  context: Context,
): Promise<Placement> {
  throwIfAborted(context.signal)
  const store = archiveStore(context.stateDir)
  const {id, artifact} = request.checkpoint
  const open = (): Promise<OpenedManifest> => openManifest(store.manifests, id, artifact.manifestSha256)
  const attempt = newAttempt(context.stateDir)
  return groups(`${store.manifests} ${id} ${artifact.manifestSha256}`, open, async group => {
    // Before anything is acquired, which may cost money: is there something to put on it? What it says is put together meanwhile.
    const {manifest} = await group.opened
    return intoNewLease(leases, request.lease, context, lease =>
      inTurn(group, lease, leases.shareHost, ({twin, filled}) =>
        withTransportAgain(leases, lease, context, async transport => {
          await restoreTree(
            {
              transport,
              attempt,
              manifest,
              target: lease.workdir,
              twin,
              onFilled: filled,
              layersDirectory: store.layers,
              excludes: [],
              baselines: baselineFiles(store.baselines, lease.id, lease.workdir),
              loadTree: async () => null,
              undo: 'drop',
              dryRun: false,
            },
            context,
          )
        }),
      ),
    )
  })
}
