import {createHash, type Hash} from 'node:crypto'

import {hashZeros} from './capture.js'
import type {Entry} from './entry.js'
import {damaged, readLayer, type Range} from './layer/reader.js'
import type {LayerDescriptor} from './layer/descriptor.js'
import type {SentPiece} from './pack.js'
import {readable} from './stat.js'
import type {TarHeader} from './tar/header.js'
import {createTarParser, type TarParser} from './tar/parser.js'

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

/** The same, with the frames of the layer where they are sent whole. */
export async function* readPieces(
  entries: readonly Entry[],
  source: LayerSource,
  signal: AbortSignal,
): AsyncGenerator<SentPiece> {
  for (const [name, wanted] of groupByLayer(entries)) {
    const layer = source.layers.get(name)
    if (layer === undefined) throw new Error(`no descriptor of layer ${name}`)
    const check = entryChecker(layer, wanted)
    let position = wanted[0]?.at ?? 0
    check.seek(position)
    for await (const piece of readLayer(source.directory, layer, rangesOf(wanted), signal)) {
      if (piece.offset !== position) check.seek(piece.offset)
      check.feed(piece.bytes)
      position = piece.offset + piece.bytes.length
      yield {
        bytes: piece.bytes,
        packed: piece.packed === null ? null : {compression: layer.compression, frame: piece.packed},
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

/** A parser that accepts exactly the expected entries, at their places, with their content. */
function entryChecker(layer: LayerDescriptor, wanted: readonly Entry[]): TarParser {
  let next = 0
  let hash: Hash | null = null
  const refuse = (entry: Entry | undefined, why: string): never => {
    throw damaged(layer, `${entry === undefined ? 'an entry' : readable(entry.path)} ${why}`)
  }

  return createTarParser({
    entry: (header, at) => {
      const entry = wanted[next]
      if (entry === undefined || at !== entry.at || !describes(header, entry))
        refuse(entry, 'is not what the manifest says')
      hash = header.type === 'file' ? createHash('sha256') : null
    },
    data: chunk => hash?.update(chunk),
    hole: length => hashZeros(hash, length),
    entryEnd: length => {
      const entry = wanted[next]
      if (length !== entry?.length || (hash !== null && hash.digest('hex') !== entry.sha256))
        refuse(entry, 'does not have the recorded content')
      next += 1
    },
  })
}

function describes(header: TarHeader, entry: Entry): boolean {
  const type = entry.hardlink === '' ? entry.type : 'hardlink'
  const target = entry.hardlink === '' ? entry.target : entry.hardlink
  return (
    header.path === entry.path &&
    header.type === type &&
    header.target === target &&
    header.mode === entry.mode &&
    header.uid === entry.uid &&
    header.gid === entry.gid &&
    header.mtime === entry.mtime &&
    (header.attributes ?? '') === entry.attributes &&
    (type !== 'file' || header.size === entry.size)
  )
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
