import type {Entry} from './entry.js'
import {entryChecker} from './entry-checker.js'
import {damaged, readLayer, type Range} from './layer/reader.js'
import {cutter} from './stretches.js'
import type {LayerDescriptor} from './layer/descriptor.js'
import type {SentPiece} from './pack.js'

/** Where layers lie and what they look like. */
export interface LayerSource {
  readonly directory: string
  readonly layers: ReadonlyMap<string, LayerDescriptor>
}

/**
 * The raw tar bytes of entries, checked against what the manifest says of them. Entries of one layer come in its order.
 * @throws {CrabboxError} `LAYER_CORRUPT`, `LAYER_MISSING`
 */
export async function* readEntries(
  entries: readonly Entry[],
  source: LayerSource,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  for await (const {bytes} of readPieces(entries, source, signal)) yield bytes
}

/** The same, with the frames of the layer where they are sent whole. Content that is borrowed comes under a header of its own. */
export async function* readPieces(
  entries: readonly Entry[],
  source: LayerSource,
  signal: AbortSignal,
): AsyncGenerator<SentPiece> {
  for (const [name, wanted] of groupByLayer(entries)) {
    const layer = source.layers.get(name)
    if (layer === undefined) throw new Error(`no descriptor of layer ${name}`)
    const lent: Buffer[] = []
    const check = entryChecker(layer, wanted, bytes => void lent.push(bytes))
    const cut = cutter(wanted)
    let position = wanted[0]?.at ?? 0
    check.seek(position)
    for await (const piece of readLayer(source.directory, layer, rangesOf(wanted), signal)) {
      if (piece.offset !== position) check.seek(piece.offset)
      position = piece.offset + piece.bytes.length
      for (const {bytes, borrowed} of cut(piece)) {
        check.feed(bytes)
        const whole = bytes.length === piece.bytes.length ? piece.packed : null
        if (!borrowed) yield {bytes, packed: whole === null ? null : {compression: layer.compression, frame: whole}}
        else if (lent.length > 0) yield {bytes: Buffer.concat(lent.splice(0)), packed: null}
      }
    }

    if (!check.idle()) throw damaged(layer, 'its last entry is incomplete')
  }
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

/** Entries by the layer that holds them, in its order. */
export function groupByLayer(entries: readonly Entry[]): Map<string, Entry[]> {
  const groups = new Map<string, Entry[]>()
  for (const entry of entries) {
    const group = groups.get(entry.layer)
    if (group === undefined) groups.set(entry.layer, [entry])
    else group.push(entry)
  }

  for (const group of groups.values()) group.sort((a, b) => a.at - b.at)
  return groups
}

/** Entries that lie next to each other are read as one. */
function rangesOf(entries: readonly Entry[]): Range[] {
  const ranges: {start: number; end: number}[] = []
  for (const {at, length} of entries) {
    const last = ranges.at(-1)
    if (last?.end === at) last.end = at + length
    else ranges.push({start: at, end: at + length})
  }

  return ranges
}
