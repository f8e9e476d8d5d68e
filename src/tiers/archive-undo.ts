import type {Lease} from '../core/lease.js'
import {baselineFiles} from '../workspace/baseline.js'
import {loadManifest} from '../workspace/manifest.js'
import {archiveStore} from '../workspace/store.js'
import type {UndoTreeRequest} from '../workspace/undo.js'

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
