import type {CheckpointId} from '../core/ids.js'
import {inSlices} from './in-slices.js'
import {readManifestFiles, type ManifestFiles, type SaveSummary} from './manifest-file.js'
import {checkEntry, decodeRow} from './manifest-row.js'
import type {LayerDescriptor} from './layer/descriptor.js'
import type {Entry, Tree} from './entry.js'

/** A manifest with all that it stands on applied. */
export interface Manifest {
  readonly id: CheckpointId
  /** Manifest ids, newest first. */
  readonly chain: readonly CheckpointId[]
  readonly layers: ReadonlyMap<string, LayerDescriptor>
  readonly tree: Tree
  readonly summary: SaveSummary
  /** True where it was known, and came out right, what checksum each of its files must have: it says what was stored. */
  readonly sealed: boolean
}

/** A manifest whose files are there, and are those that were stored. */
export interface OpenedManifest {
  /** What they say. It rejects as `loadManifest` does. */
  readonly manifest: Promise<Manifest>
}

/**
 * Reads a manifest and those it is encoded against. `expected` is checked where it is given.
 * @throws {CrabboxError} `MANIFEST_MISSING`, `MANIFEST_CORRUPT`
 */
export const loadManifest = async (directory: string, id: CheckpointId, expected: string | null): Promise<Manifest> =>
  (await openManifest(directory, id, expected)).manifest

/**
 * The first half of `loadManifest`, for whoever has something to wait for during the second.
 * @throws {CrabboxError} `MANIFEST_MISSING`, `MANIFEST_CORRUPT`
 */
export async function openManifest(
  directory: string,
  id: CheckpointId,
  expected: string | null,
): Promise<OpenedManifest> {
  const parts = await readManifestFiles(directory, id, expected)
  const sealed = expected !== null && parts.every(({base, baseSha256}) => base === null || baseSha256 !== null)
  const manifest = assemble(id, parts, sealed)
  // Who does not come to need it has failed of something else.
  manifest.catch(() => undefined)
  return {manifest}
}

async function assemble(id: CheckpointId, parts: ManifestFiles, sealed: boolean): Promise<Manifest> {
  const layers = new Map<string, LayerDescriptor>()
  const tree = new Map<string, Entry>()
  for (const part of [...parts].reverse()) {
    for (const layer of part.layers) layers.set(layer.name, layer)
    for (const path of part.removed) tree.delete(path)
    await inSlices(part.rows, row => {
      const entry = decodeRow(row, part.layers)
      tree.set(entry.path, entry)
    })
  }

  await inSlices(tree.values(), entry => checkEntry(entry, tree, layers))
  const [own] = parts
  return {id, chain: parts.map(part => part.id), layers, tree, summary: own.summary, sealed}
}
