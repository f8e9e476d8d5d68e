import type {Checkpoint} from '../core/checkpoint.js'
import {ANY_HOST, type Lease} from '../core/lease.js'
import {savedAlready} from '../workspace/saved-already.js'
import {archiveStore} from '../workspace/store.js'
import type {Environment} from './environment.js'

/**
 * The generation before the last one may show as begun what was finished by the last. Recovery would take that for
 * interrupted and remove it, so what turns out to be whole is settled before any command sees the old rows.
 */
export async function settleCheckpoints(rows: Map<string, Checkpoint>, {stateDir}: Environment): Promise<void> {
  for (const row of rows.values()) {
    if (row.state !== 'creating' || row.tier !== 'workspace-archive') continue
    const created = await savedAlready(archiveStore(stateDir), row.id)
    if (created !== null) rows.set(row.id, {...row, ...created, state: 'ready'})
  }
}

/** A lease that was being made may be in use by now. Making it again answers with the same one, and touches no file in it. */
export async function settleLeases(rows: Map<string, Lease>, environment: Environment): Promise<void> {
  for (const row of rows.values()) {
    if (row.state !== 'creating') continue
    const {leases} = await environment.registry.get(row.provider)
    if ((await leases.status(row, environment)) !== 'running') continue
    const {id, slug, class: size, expiresAt, forkedFrom} = row
    const repoName = row.repo?.name ?? 'workspace'
    const known = {host: ANY_HOST, recorded: row.details}
    const request = {id, slug, class: size, expiresAt, forkedFrom, repoName, ...known, record: async () => undefined}
    const placement = await leases.acquire(request, environment)
    rows.set(id, {...row, ...placement, state: 'ready'})
  }
}
