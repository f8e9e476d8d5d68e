import type {Context} from '../core/context.js'
import {reasonOf, throwIfAborted} from '../core/errors.js'
import type {VerifyReport} from '../core/handlers.js'
import type {CheckpointId} from '../core/ids.js'
import type {WorkspaceArchiveArtifact} from '../core/tier.js'
import type {Entry} from './entry.js'
import type {LayerDescriptor} from './layer/descriptor.js'
import {isIntact} from './layer/intact.js'
import {damaged, openLayer} from './layer/reader.js'
import {loadManifest, type Manifest} from './manifest.js'
import {groupByLayer} from './by-layer.js'
import {readEntries} from './read-entries.js'
import type {ArchiveStore} from './store.js'

/** Reads everything that a restore would read, and checks every byte of it. */
export async function verifyArchive(
  store: ArchiveStore,
  id: CheckpointId,
  artifact: WorkspaceArchiveArtifact,
  context: Context,
): Promise<VerifyReport> {
  let manifest: Manifest
  try {
    manifest = await loadManifest(store.manifests, id, artifact.manifestSha256)
  } catch (error) {
    return {problems: [reasonOf(error)], checkedBytes: 0}
  }

  const byLayer = groupByLayer([...manifest.tree.values()])
  const task = context.progress.start(
    'verifying',
    [...manifest.tree.values()].reduce((sum, entry) => sum + entry.length, 0),
    'bytes',
  )
  const problems: string[] = []
  let checkedBytes = 0
  for (const [name, entries] of byLayer) {
    const layer = manifest.layers.get(name)
    if (layer === undefined) continue
    try {
      await checkFile(store.layers, layer, context.signal)
      checkedBytes += await checkEntries(store, manifest, entries, bytes => task.advance(bytes), context.signal)
    } catch (error) {
      throwIfAborted(context.signal)
      problems.push(reasonOf(error))
    }
  }

  task.done()
  return {problems, checkedBytes}
}

async function checkFile(directory: string, layer: LayerDescriptor, signal: AbortSignal): Promise<void> {
  await using file = await openLayer(directory, layer)
  if (!(await isIntact(file, layer, signal))) throw damaged(layer, 'its checksum is wrong')
}

async function checkEntries(
  store: ArchiveStore,
  manifest: Manifest,
  entries: readonly Entry[],
  advance: (bytes: number) => void,
  signal: AbortSignal,
): Promise<number> {
  let bytes = 0
  for await (const piece of readEntries(entries, {directory: store.layers, layers: manifest.layers}, signal)) {
    bytes += piece.length
    advance(piece.length)
  }

  return bytes
}
