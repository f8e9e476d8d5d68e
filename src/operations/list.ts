import type {Checkpoint} from '../core/checkpoint.js'
import type {Tier} from '../core/tier.js'
import {openCatalog} from '../state/catalog.js'
import type {DamagedRow} from '../state/table.js'
import {busyKeys, isInterrupted} from './interrupted.js'

export interface CheckpointFilter {
  readonly repo: string | null
  readonly lease: string | null
  readonly provider: string | null
  readonly tier: Tier | null
  readonly name: string | null
  readonly labels: Readonly<Record<string, string>>
}

/** A record, and whether what it was in the middle of was interrupted. */
export type ListedCheckpoint = Checkpoint & {readonly interrupted: boolean}

/** Checkpoints that pass the filter, newest first. Damaged records are told of, never hidden. Changes nothing. */
export async function listCheckpoints(
  filter: CheckpointFilter,
  stateDir: string,
): Promise<{checkpoints: ListedCheckpoint[]; damaged: readonly DamagedRow[]}> {
  const {rows, damaged} = await openCatalog(stateDir).read()
  const found = [...rows.values()].filter(row => passes(row, filter))
  const unsettled = found.some(row => row.state === 'creating' || row.state === 'deleting')
  const busy = unsettled ? await busyKeys(stateDir) : new Set<string>()
  const checkpoints = found.map(row => ({...row, interrupted: isInterrupted(row, busy)}))
  return {checkpoints: checkpoints.sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1)), damaged}
}

function passes(row: Checkpoint, {repo, lease, provider, tier, name, labels}: CheckpointFilter): boolean {
  return (
    (repo === null || row.repo?.name === repo || row.repo?.remote === repo) &&
    (lease === null || row.lease.id === lease || row.lease.slug === lease) &&
    (provider === null || row.provider === provider) &&
    (tier === null || row.tier === tier) &&
    (name === null || row.name === name) &&
    Object.entries(labels).every(([key, value]) => row.labels[key] === value)
  )
}
