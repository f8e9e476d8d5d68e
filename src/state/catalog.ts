import type {Checkpoint} from '../core/checkpoint.js'
import {isCheckpointId} from '../core/ids.js'
import {TIERS} from '../core/tier.js'
import {isObject} from './json.js'
import {statePaths} from './paths.js'
import {openTable, type Table} from './table.js'

/** The checkpoints of a state directory. */
export const openCatalog = (stateDir: string): Table<Checkpoint> =>
  openTable(statePaths(stateDir).catalog, checkCheckpoint)

const STATES: readonly unknown[] = ['creating', 'cut', 'ready', 'failed', 'deleting']

/** Enough to list, filter, describe and delete a record; the rest is checked where it is used. */
function checkCheckpoint(value: unknown): string | null {
  if (!isObject(value)) return 'it is no object'
  const row: Partial<Record<keyof Checkpoint, unknown>> = value
  if (typeof row.id !== 'string' || !isCheckpointId(row.id)) return 'it has no checkpoint id'
  if (!(TIERS as readonly unknown[]).includes(row.tier)) return `its tier ${JSON.stringify(row.tier)} is not known`
  if (!STATES.includes(row.state)) return `its state ${JSON.stringify(row.state)} is not known`
  const {createdAt, provider, lease, workdir, labels, warnings, repo, sizes, artifact} = row
  const whole =
    typeof createdAt === 'string' &&
    typeof provider === 'string' &&
    isObject(lease) &&
    typeof lease['id'] === 'string' &&
    typeof lease['slug'] === 'string' &&
    isObject(workdir) &&
    typeof workdir['path'] === 'string' &&
    isObject(labels) &&
    Array.isArray(warnings) &&
    (repo === null || (isObject(repo) && typeof repo['name'] === 'string')) &&
    (sizes === null ||
      (isObject(sizes) && typeof sizes['content'] === 'number' && typeof sizes['stored'] === 'number')) &&
    (artifact === null || isObject(artifact))
  return whole ? null : 'it is incomplete'
}
