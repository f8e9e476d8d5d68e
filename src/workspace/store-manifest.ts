import type {WorkspaceArchiveArtifact} from '../core/tier.js'
import type {Entry} from './entry.js'
import {preferredCompression} from './layer/codec.js'
import type {LayerDescriptor} from './layer/descriptor.js'
import {writeManifest} from './manifest-file.js'
import type {SaveBase} from './save-base.js'
import type {SaveRequest} from './save-request.js'
import {settleTree} from './settle.js'
import {layerName, type StoredLayer} from './store-changes.js'

/** A manifest is written whole when it would stand on more than this many others. */
const MAX_CHAIN = 16

/** What a save has found beside what is still the same. */
export interface Found {
  readonly layer: StoredLayer | null
  /** Entries that an earlier attempt has received. */
  readonly again: readonly Entry[]
  /** Entries that borrow their content. */
  readonly known: readonly Entry[]
  readonly patterns: readonly string[]
  readonly warnings: readonly string[]
}

export interface StoredManifest {
  readonly artifact: WorkspaceArchiveArtifact
  readonly tree: ReadonlyMap<string, Entry>
  /** Bytes of all files. */
  readonly content: number
  readonly manifestBytes: number
  /** Of the layers that the checkpoint has added. */
  readonly layerBytes: number
}

/** Writes the manifest of a checkpoint: whole, or as what it changes in its parent's. */
export async function storeManifest(
  request: SaveRequest,
  base: SaveBase,
  same: ReadonlyMap<string, Entry>,
  {layer, again, known, patterns, warnings}: Found,
): Promise<StoredManifest> {
  const parent = base.parent?.manifest ?? null
  const fresh = [...again, ...(layer?.entries ?? []), ...known]
  const tree = settleTree(same, fresh, parent?.tree)
  const content = contentOf(tree.values())
  const whole = parent === null || parent.chain.length >= MAX_CHAIN || fresh.length > tree.size / 4
  const entries = whole ? [...tree.values()] : fresh.filter(entry => tree.has(entry.path))
  const removed = [...(parent?.tree.keys() ?? [])].filter(path => !tree.has(path))
  const own = [...request.received.map(({descriptor}) => descriptor), ...(layer === null ? [] : [layer.descriptor])]
  const layers = new Set([...tree.values()].map(entry => entry.layer))
  const layerBytes = own.filter(({name}) => layers.has(name)).reduce((sum, descriptor) => sum + descriptor.bytes, 0)
  const {bytes, sha256} = await writeManifest(request.store.manifests, {
    id: request.id,
    base: whole ? null : parent.id,
    baseSha256: whole ? null : (request.parent?.artifact.manifestSha256 ?? null),
    layers: descriptorsFor(entries, base, own),
    entries,
    removed: whole ? [] : removed,
    summary: {
      content,
      layerBytes,
      excludes: patterns,
      warnings,
      parent: parent?.id ?? null,
    },
  })
  const manifests = whole ? [request.id] : [request.id, ...parent.chain]
  const artifact = {manifests, layers: [...layers], manifestSha256: sha256, excludes: patterns}
  return {artifact, tree, content, manifestBytes: bytes, layerBytes}
}

/** The layers that entries lie in. */
function descriptorsFor(
  entries: readonly Entry[],
  {parent, lender}: SaveBase,
  own: readonly LayerDescriptor[],
): LayerDescriptor[] {
  const used = new Set(entries.map(entry => entry.layer))
  const all = new Map([...(parent?.manifest.layers ?? []), ...(lender?.layers ?? [])])
  for (const descriptor of own) all.set(descriptor.name, descriptor)
  return [...all.values()].filter(({name}) => used.has(name))
}

/** Names everything that must not be removed while the checkpoint is being made, and everything that it may leave behind. */
export function draftArtifact(
  request: SaveRequest,
  {parent, lender}: SaveBase,
  excludes: readonly string[],
): WorkspaceArchiveArtifact {
  const own = `${layerName(request)}.tar.${preferredCompression()}`
  const before = request.received.map(({descriptor}) => descriptor.name)
  return {
    manifests: [request.id, ...(parent?.manifest.chain ?? [])],
    layers: [own, ...before, ...(lender?.layers.keys() ?? [])],
    manifestSha256: null,
    excludes,
  }
}

function contentOf(entries: Iterable<Entry>): number {
  let bytes = 0
  for (const entry of entries) if (entry.type === 'file' && entry.hardlink === '') bytes += entry.size
  return bytes
}
