import {groupByLayer} from './by-layer.js'
import type {Entry} from './entry.js'
import type {LayerSource} from './layer-source.js'
import {readPieces} from './read-pieces.js'

/**
 * The raw tar bytes of entries, checked against what the manifest says of them. Entries of one layer come in its order, and content that
 * is borrowed under a header of its own.
 * @throws {CrabboxError} `LAYER_CORRUPT`, `LAYER_MISSING`
 */
export async function* readEntries(
  entries: readonly Entry[],
  source: LayerSource,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  for await (const {bytes} of readPieces(entries, source, signal)) if (bytes !== null) yield bytes
}

/**
 * The directories come last, and what a directory holds before itself: whoever unpacks the tarball sets the times of a
 * directory when nothing is put into it any more.
 */
export async function directoriesDeepestFirst(
  directories: readonly Entry[],
  source: LayerSource,
  signal: AbortSignal,
): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of readEntries(directories, source, signal)) pieces.push(piece)
  const bytes = Buffer.concat(pieces)
  let at = 0
  const raw = [...groupByLayer(directories).values()].flat().map(entry => {
    at += entry.length
    return {path: entry.path, bytes: bytes.subarray(at - entry.length, at)}
  })
  return Buffer.concat(raw.sort((a, b) => (a.path < b.path ? 1 : -1)).map(one => one.bytes))
}
