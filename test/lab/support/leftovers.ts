import {readdirSync} from 'node:fs'
import {join} from 'node:path'

import type {Checkpoint} from '../../../src/core/checkpoint.js'
import type {Lease} from '../../../src/core/lease.js'
import type {Lab} from './cli.js'

const SNAPSHOTS = '.crabbox-snapshots'

/** Everything in the state directory that no record and no running process accounts for. */
export async function leftovers(lab: Lab): Promise<string[]> {
  const {checkpoints} = await lab.json<{checkpoints: Checkpoint[]}>('checkpoint', 'list')
  const {leases} = await lab.json<{leases: Lease[]}>('list')
  const archives = checkpoints.flatMap(row =>
    row.tier === 'workspace-archive' && row.artifact !== null ? [row.artifact] : [],
  )
  const snapshots = new Set<string>(checkpoints.filter(row => row.tier === 'provider-native').map(({id}) => id))
  const expected = {
    layers: new Set(archives.flatMap(artifact => artifact.layers)),
    manifests: new Set(archives.flatMap(artifact => artifact.manifests.map(id => `${id}.json.gz`))),
    local: new Set<string>([...leases.map(lease => lease.id), ...(snapshots.size > 0 ? [SNAPSHOTS] : [])]),
    [join('local', SNAPSHOTS)]: snapshots,
    locks: new Set<string>(),
  }
  const stray = Object.entries(expected).flatMap(([directory, names]) =>
    entriesOf(join(lab.stateDir, directory))
      .filter(name => !names.has(name))
      .map(name => `${directory}/${name}`),
  )
  const baselines = readdirSync(join(lab.stateDir, 'baselines')).filter(
    name => !leases.some(lease => name.startsWith(lease.id)),
  )
  const sidecars = leases.flatMap(lease => {
    const sidecar = join(lab.stateDir, 'local', lease.id, `.crabbox-${lease.repo?.name ?? 'workspace'}`)
    return entriesOf(sidecar)
      .filter(name => name !== 'undo')
      .map(name => `${sidecar}/${name}`)
  })
  const temporary = readdirSync(lab.stateDir).filter(
    name => name.endsWith('.tmp') || name.endsWith('.lock') || name.endsWith('.grave'),
  )
  return [...stray, ...baselines, ...sidecars, ...temporary]
}

function entriesOf(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}
