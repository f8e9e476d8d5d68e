import type {Checkpoint, SavedWorkdir, Stored} from '../core/checkpoint.js'
import type {Lease} from '../core/lease.js'
import {sameRepo} from '../core/repo.js'
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
  return row !== undefined && isStored(row, tier) ? row : null
}

/**
 * A checkpoint to borrow content from where nothing is known of the files of a lease: the newest of the same directory of the same
 * repository, from whichever lease and provider.
 */
export async function chooseAlike<T extends Tier>(
  {repo}: Lease,
  {relative}: SavedWorkdir,
  tier: T,
  environment: Environment,
): Promise<Stored<T> | null> {
  if (repo === null || relative === null) return null
  const {rows} = await openCatalog(environment.stateDir).read()
  const candidates = [...rows.values()].filter(row => row.workdir.relative === relative && sameRepo(row.repo, repo))
  return candidates.filter(row => isStored(row, tier)).reduce<Stored<T> | null>(newer, null)
}

const newer = <T extends Tier>(a: Stored<T> | null, b: Stored<T>): Stored<T> =>
  a !== null && a.createdAt > b.createdAt ? a : b

/** The compiler cannot see that the artifact of a row belongs to its tier. */
const isStored = <T extends Tier>(row: Checkpoint | Stored<T>, tier: T): row is Stored<T> =>
  row.tier === tier && row.state === 'ready' && row.artifact !== null
