import type {CheckpointSizes} from '../core/checkpoint.js'
import type {Context} from '../core/context.js'
import {throwIfAborted} from '../core/errors.js'
import type {CheckpointId} from '../core/ids.js'
import type {WorkspaceArchiveArtifact} from '../core/tier.js'
import type {Transport} from '../core/transport.js'
import {readBaseline, writeBaseline, type Baseline} from './baseline.js'
import {capture, type CaptureResult} from './capture.js'
import {compareWithBaseline, type Comparison} from './compare.js'
import type {Entry} from './entry.js'
import {selectStats} from './excludes.js'
import {stateError} from '../state/files.js'
import {preferredCompression} from './layer/codec.js'
import type {LayerDescriptor} from './layer/descriptor.js'
import {createLayerWriter} from './layer/writer.js'
import {workdirNotFound} from './listing.js'
import {loadManifest, writeManifest, type Manifest} from './manifest.js'
import {openTarget} from './open-target.js'
import type {HostTools} from './host.js'
import {readIgnoreFile} from './ignore-file.js'
import {packingFrom} from './pack.js'
import {settleTree} from './settle.js'
import {readable, type Stat} from './stat.js'
import type {ArchiveStore} from './store.js'

export interface SaveRequest {
  readonly id: CheckpointId
  readonly transport: Transport
  readonly workdir: string
  readonly patterns: readonly string[]
  readonly parent: {readonly id: CheckpointId; readonly artifact: WorkspaceArchiveArtifact} | null
  readonly store: ArchiveStore
  readonly baselineFile: string
  readonly record: (artifact: WorkspaceArchiveArtifact) => Promise<void>
}

export interface SaveResult {
  readonly artifact: WorkspaceArchiveArtifact
  readonly sizes: CheckpointSizes
  readonly warnings: readonly string[]
  /** The checkpoint whose layers are reused; null when everything was stored. */
  readonly parent: CheckpointId | null
}

/** A manifest is written whole when it would stand on more than this many others. */
const MAX_CHAIN = 16

/** A new checkpoint stands on its own when its parent is spread over more layers than this. */
const MAX_LAYERS = 64

/** Saves a workdir: lists it, stores what changed since the parent as a layer, and writes the manifest. */
export async function saveWorkspace(request: SaveRequest, context: Context): Promise<SaveResult> {
  const {transport, workdir} = request
  const {signal} = context
  const work = [openTarget(transport, workdir, 'read', signal), usableParent(request)] as const
  // Without its parent a save is tried again, which must not meet the first look at work.
  await Promise.allSettled(work)
  const [{listing, tools}, parent] = await Promise.all(work)
  if (listing === null) throw workdirNotFound(workdir)
  const patterns = [...request.patterns, ...(await readIgnoreFile(transport, workdir, listing.stats, signal))]
  const {kept, refused} = splitSpecial(selectStats(listing.stats, patterns).kept)
  const comparison = compareWithBaseline(kept, parent?.baseline ?? null, parent?.manifest.tree ?? new Map())
  await request.record(draftArtifact(request, parent?.manifest ?? null, patterns))
  const layer = await storeChanges(request, comparison.changed, tools, context)
  throwIfAborted(signal)
  const lost = tools.tar.losses === null ? [] : [tools.tar.losses]
  const warnings = [...listing.warnings, ...refused, ...(layer?.warnings ?? []), ...lost]
  const {artifact, tree, manifestBytes} = await storeManifest(request, parent?.manifest ?? null, comparison, layer, {
    patterns,
    warnings,
  })
  await request.record(artifact)
  await writeBaseline(request.baselineFile, request.id, kept)
  return {
    artifact,
    sizes: {
      content: contentOf(tree.values()),
      stored: (layer?.descriptor.bytes ?? 0) + manifestBytes,
      entries: tree.size,
    },
    warnings,
    parent: parent?.manifest.id ?? null,
  }
}

interface StoredLayer extends CaptureResult {
  readonly descriptor: LayerDescriptor
}

async function usableParent({
  parent,
  store,
  baselineFile,
}: SaveRequest): Promise<{manifest: Manifest; baseline: Baseline} | null> {
  const baseline = await readBaseline(baselineFile)
  if (
    parent === null ||
    baseline === null ||
    baseline.checkpoint !== parent.id ||
    parent.artifact.layers.length > MAX_LAYERS
  )
    return null
  return {manifest: await loadManifest(store.manifests, parent.id, parent.artifact.manifestSha256), baseline}
}

async function storeChanges(
  request: SaveRequest,
  changed: readonly Stat[],
  tools: HostTools,
  context: Context,
): Promise<StoredLayer | null> {
  if (changed.length === 0) return null
  const {transport, workdir} = request
  const directory = request.store.layers
  const bytes = changed.reduce((sum, stat) => sum + stat.size, 0)
  const task = context.progress.start('saving', bytes, 'bytes')
  const layer = await createLayerWriter(directory, request.id)
  const packing = packingFrom(transport, tools, bytes)
  try {
    const into = {layer, directory, packing, tar: tools.tar}
    const result = await capture(transport, workdir, changed, into, task, context.signal)
    return {...result, descriptor: await layer.finish()}
  } catch (error) {
    await layer.discard()
    throw stateError(directory, error)
  } finally {
    task.done()
  }
}

async function storeManifest(
  request: SaveRequest,
  parent: Manifest | null,
  comparison: Comparison,
  layer: StoredLayer | null,
  {patterns, warnings}: {patterns: readonly string[]; warnings: readonly string[]},
): Promise<{artifact: WorkspaceArchiveArtifact; tree: ReadonlyMap<string, Entry>; manifestBytes: number}> {
  const fresh = layer === null ? [] : layer.entries.map(entry => ({...entry, layer: layer.descriptor.name}))
  const tree = settleTree(comparison.same, fresh)
  const own = layer === null ? [] : [layer.descriptor]
  const live = new Set([...tree.values()].map(entry => entry.layer))
  const layers = [...(parent?.layers.values() ?? []), ...own].filter(descriptor => live.has(descriptor.name))
  const whole = parent === null || parent.chain.length >= MAX_CHAIN || fresh.length > tree.size / 4
  const removed = [...(parent?.tree.keys() ?? [])].filter(path => !tree.has(path))
  const {bytes, sha256} = await writeManifest(request.store.manifests, {
    id: request.id,
    base: whole ? null : parent.id,
    baseSha256: whole ? null : (request.parent?.artifact.manifestSha256 ?? null),
    layers: whole ? layers : own,
    entries: whole ? [...tree.values()] : fresh.filter(entry => tree.has(entry.path)),
    removed: whole ? [] : removed,
    summary: {
      content: contentOf(tree.values()),
      layerBytes: layer?.descriptor.bytes ?? 0,
      excludes: patterns,
      warnings,
      parent: parent?.id ?? null,
    },
  })
  const manifests = whole ? [request.id] : [request.id, ...parent.chain]
  return {
    artifact: {manifests, layers: [...live], manifestSha256: sha256, excludes: patterns},
    tree,
    manifestBytes: bytes,
  }
}

/** Names everything that must not be removed while the checkpoint is being made, and everything that it may leave behind. */
function draftArtifact(
  request: SaveRequest,
  parent: Manifest | null,
  excludes: readonly string[],
): WorkspaceArchiveArtifact {
  const own = `${request.id}.tar.${preferredCompression()}`
  return {
    manifests: [request.id, ...(parent?.chain ?? [])],
    layers: [own, ...(parent?.layers.keys() ?? [])],
    manifestSha256: null,
    excludes,
  }
}

/** Sockets belong to a running process and device nodes to a machine: neither can be saved. */
function splitSpecial(stats: readonly Stat[]): {kept: Stat[]; refused: string[]} {
  const special = (stat: Stat): boolean => stat.type === 'socket' || stat.type === 'device'
  return {
    kept: stats.filter(stat => !special(stat)),
    refused: stats
      .filter(special)
      .map(
        stat => `${readable(stat.path)} is a ${stat.type === 'device' ? 'device node' : 'socket'} and was not saved`,
      ),
  }
}

function contentOf(entries: Iterable<Entry>): number {
  let bytes = 0
  for (const entry of entries) if (entry.type === 'file' && entry.hardlink === '') bytes += entry.size
  return bytes
}
