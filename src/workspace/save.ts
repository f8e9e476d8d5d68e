import {allEnded} from '../core/all-ended.js'
import type {Context} from '../core/context.js'
import {throwIfAborted} from '../core/errors.js'
import {writeDurably} from '../state/files.js'
import {clientId} from './attempt.js'
import {encodeBaseline} from './baseline-text.js'
import {refuseClosed} from './closed.js'
import {compareWithBaseline} from './compare.js'
import {selectStats} from './excludes.js'
import {readIgnoreFile} from './ignore-file.js'
import {sortByContent} from './known-content.js'
import {workdirNotFound} from './heard-listing.js'
import {withoutMoved} from './moved.js'
import {openTarget} from './open-target.js'
import {sortByReceived} from './received.js'
import type {SaveRequest, SaveResult} from './save-request.js'
import {readable, type Stat} from './stat.js'
import {storeChanges} from './store-changes.js'
import {draftArtifact, storeManifest} from './store-manifest.js'

/** Saves a workdir: lists it, stores what changed since the parent as a layer, and writes the manifest. */
export async function saveWorkspace(request: SaveRequest, context: Context): Promise<SaveResult> {
  const {transport, workdir} = request
  const {signal} = context
  const looked = request.looked.then(baseline => baseline?.stats ?? null)
  // Without its parent a save is tried again.
  const [{listing, closed, tools}, base] = await allEnded([
    openTarget(transport, workdir, 'read', signal, {looked, client: clientId(context.stateDir)}),
    request.base,
  ])
  if (listing === null) throw workdirNotFound(workdir)
  const patterns = [...request.patterns, ...(await readIgnoreFile(transport, workdir, listing.stats, signal))]
  const selection = selectStats(listing.stats, patterns)
  refuseClosed(closed, selection.excluded)
  const {kept, refused} = splitSpecial(selection.kept)
  const {parent, lender} = base
  const {same, changed} = compareWithBaseline(kept, parent?.baseline ?? null, parent?.manifest.tree ?? new Map())
  await request.record(draftArtifact(request, base, patterns))
  const place = {transport, root: workdir, tools, signal}
  const {again, rest: missing} = await sortByReceived(place, changed, request.received)
  const {known, rest} = await sortByContent(place, missing, same.values(), lender?.tree.values() ?? [])
  const storing = storeChanges(request, rest, tools, context)
  const [layer, asListed] = await Promise.all([storing, encodeBaseline(request.id, kept)])
  throwIfAborted(signal)
  const lost = tools.tar.losses === null ? [] : [tools.tar.losses]
  const warnings = [...listing.warnings, ...refused, ...(layer?.warnings ?? []), ...lost]
  const found = {layer, again, known, patterns, warnings}
  const {artifact, tree, content, manifestBytes, layerBytes} = await storeManifest(request, base, same, found)
  await request.record(artifact)
  const moved = layer?.moved ?? new Set()
  await writeDurably(
    request.baselineFile,
    moved.size === 0 ? asListed : await encodeBaseline(request.id, withoutMoved(kept, moved)),
  )
  return {
    artifact,
    sizes: {content, stored: layerBytes + manifestBytes, entries: tree.size},
    warnings,
    parent: parent?.manifest.id ?? null,
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
