import {stat} from 'node:fs/promises'
import {join} from 'node:path'

import type {CheckpointId} from '../core/ids.js'
import type {WorkspaceArchiveArtifact} from '../core/tier.js'
import type {Baseline} from './baseline-text.js'
import {loadManifest, type Manifest} from './manifest.js'
import type {ArchiveStore} from './store.js'

/** A checkpoint that is stored. */
export interface SavedBefore {
  readonly id: CheckpointId
  readonly artifact: WorkspaceArchiveArtifact
}

/** What a save may stand on. */
export interface SaveOrigin {
  readonly parent: SavedBefore | null
  /** Where there is no parent: a checkpoint that may hold the same content. */
  readonly alike: SavedBefore | null
  readonly store: ArchiveStore
  readonly baselineFile: string
}

/** What a save goes by. */
export interface SaveBase {
  /** The checkpoint that the workdir was last equal to, and how its files looked then; null: all of them are new. */
  readonly parent: {readonly manifest: Manifest; readonly baseline: Baseline} | null
  /** Whose content may be there again, in files that look new; null: nobody's. */
  readonly lender: Manifest | null
}

/** A new checkpoint stands on its own when its parent is spread over more layers than this. */
const MAX_LAYERS = 64

/**
 * @param reached whether the host is, once that is known: where it is not, nobody needs what a save stands on. The answers of a handshake are
 * short, and none should wait behind a manifest; a host that lists its files keeps us waiting for longer
 * @throws {CrabboxError} `MANIFEST_MISSING`, `MANIFEST_CORRUPT` for the parent's
 */
export async function saveBase(
  {parent, alike, store}: SaveOrigin,
  known: Promise<Baseline | null>,
  reached: Promise<boolean>,
): Promise<SaveBase> {
  const baseline = await known
  if (!(await reached)) return {parent: null, lender: null}
  if (parent !== null && parent.artifact.layers.length <= MAX_LAYERS && baseline?.checkpoint === parent.id) {
    const manifest = await loadManifest(store.manifests, parent.id, parent.artifact.manifestSha256)
    return {parent: {manifest, baseline}, lender: manifest}
  }

  return {parent: null, lender: await lenderFrom(parent ?? alike, store)}
}

/** Nobody has to have it: a checkpoint that is damaged or spread over many layers lends nothing. */
async function lenderFrom(saved: SavedBefore | null, {manifests, layers}: ArchiveStore): Promise<Manifest | null> {
  if (saved === null || saved.artifact.layers.length > MAX_LAYERS) return null
  const manifest = await loadManifest(manifests, saved.id, saved.artifact.manifestSha256).catch(() => null)
  if (manifest === null) return null
  // A manifest also knows layers of those it stands on, which may be gone when nobody needs them any more.
  const needed = new Set([...manifest.tree.values()].map(entry => entry.layer))
  const there = [...manifest.layers].filter(([name]) => needed.has(name))
  const sizes = await Promise.all(
    there.map(async ([name, {bytes}]) => (await stat(join(layers, name)).catch(() => null))?.size === bytes),
  )
  return sizes.every(Boolean) ? {...manifest, layers: new Map(there)} : null
}
