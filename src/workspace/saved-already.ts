import {createHash} from 'node:crypto'
import {readFile} from 'node:fs/promises'

import type {CheckpointId} from '../core/ids.js'
import {loadManifest} from './manifest.js'
import {manifestFile} from './manifest-file.js'
import type {SaveResult} from './save-request.js'
import type {ArchiveStore} from './store.js'

/** The result of an earlier save with the same id, or null. A manifest is written last, so its presence means success. */
export async function savedAlready(store: ArchiveStore, id: CheckpointId): Promise<SaveResult | null> {
  const packed = await readFile(manifestFile(store.manifests, id)).catch(() => null)
  if (packed === null) return null
  const manifest = await loadManifest(store.manifests, id, null)
  const {summary} = manifest
  const layers = [...new Set([...manifest.tree.values()].map(entry => entry.layer))]
  const manifestSha256 = createHash('sha256').update(packed).digest('hex')
  return {
    artifact: {manifests: manifest.chain, layers, manifestSha256, excludes: summary.excludes},
    sizes: {content: summary.content, stored: summary.layerBytes + packed.length, entries: manifest.tree.size},
    warnings: summary.warnings,
    parent: summary.parent,
  }
}
