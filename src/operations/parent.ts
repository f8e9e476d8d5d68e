import type {SavedWorkdir, Stored} from '../core/checkpoint.js'
import type {Lease} from '../core/lease.js'
import type {Tier} from '../core/tier.js'
import {openCatalog} from '../state/catalog.js'
import {statePaths} from '../state/paths.js'
import {baselineCheckpoint, baselineFile} from '../workspace/baseline.js'
import type {Environment} from './environment.js'

/**
 * The checkpoint that a lease's workdir was last equal to: the one it was forked from, restored to or saved as. Without one,
 * nothing is known of the files, and the checkpoint stands on its own.
 */
export async function chooseParent<T extends Tier>(
  lease: Lease,
  workdir: SavedWorkdir,
  tier: T,
  environment: Environment,
): Promise<Stored<T> | null> {
  const {baselines} = statePaths(environment.stateDir)
  const checkpoint = await baselineCheckpoint(baselineFile(baselines, lease.id, workdir.path, 'current'))
  if (checkpoint === null) return null
  const {rows} = await openCatalog(environment.stateDir).read()
  const row = rows.get(checkpoint)
  return row?.tier === tier && row.state === 'ready' && row.artifact !== null ? (row as unknown as Stored<T>) : null
}
