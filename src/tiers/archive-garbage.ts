import {readdir, rm} from 'node:fs/promises'
import {join} from 'node:path'

import type {Checkpoint, Stored} from '../core/checkpoint.js'
import type {CheckpointId} from '../core/ids.js'
import {openCatalog} from '../state/catalog.js'
import {manifestFile} from '../workspace/manifest-file.js'
import {archiveStore} from '../workspace/store.js'

/**
 * Removes the files of a checkpoint that no other one needs. It happens under the catalog's lock, so that a checkpoint which
 * is just being made on top of these files has either named them already or will not find their owner any more.
 */
export async function collectGarbage(stateDir: string, checkpoint: Stored<'workspace-archive'>): Promise<void> {
  const store = archiveStore(stateDir)
  await openCatalog(stateDir).transact(async (rows, damaged) => {
    const others = [...rows.values()].filter(row => row.id !== checkpoint.id && row.state !== 'deleting')
    const {layers, manifests} = namedBy(others)
    // A record that cannot be read may be mended one day: whatever stands in it anywhere is kept.
    const unread = JSON.stringify(damaged)
    const needed = (name: string): boolean => layers.has(name) || unread.includes(name)
    const doomed = checkpoint.artifact.layers.filter(name => !needed(name))
    await Promise.all(doomed.map(name => rm(join(store.layers, name), {force: true})))
    await Promise.all(await partsOf(store.layers, checkpoint.id, needed))
    const stale = checkpoint.artifact.manifests.filter(id => !manifests.has(id) && !unread.includes(id))
    await Promise.all(stale.map(id => rm(manifestFile(store.manifests, id), {force: true})))
  })
}

function namedBy(rows: readonly Checkpoint[]): {layers: Set<string>; manifests: Set<CheckpointId>} {
  const archives = rows.flatMap(row =>
    row.tier === 'workspace-archive' && row.artifact !== null ? [row.artifact] : [],
  )
  return {
    layers: new Set(archives.flatMap(artifact => artifact.layers)),
    manifests: new Set(archives.flatMap(artifact => artifact.manifests)),
  }
}

/** An interrupted create leaves its layer under a temporary name. */
async function partsOf(
  directory: string,
  id: CheckpointId,
  needed: (name: string) => boolean,
): Promise<Promise<void>[]> {
  const names = await readdir(directory)
  return names
    .filter(name => name.startsWith(id) && !needed(name))
    .map(name => rm(join(directory, name), {force: true}))
}
