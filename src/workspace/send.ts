import {createHash, type Hash} from 'node:crypto'
import {once} from 'node:events'
import {text} from 'node:stream/consumers'

import {throwIfAborted} from '../core/errors.js'
import type {ProgressTask} from '../core/progress.js'
import type {Running, Transport} from '../core/transport.js'
import {hostFailure, startScript} from '../transports/script.js'
import {hashZeros} from './capture.js'
import type {Entry} from './entry.js'
import {damaged, readLayer, type Range} from './layer/reader.js'
import type {LayerDescriptor} from './layer/descriptor.js'
import type {HostTools} from './host.js'
import {packPieces, travelsPacked, type SentPiece} from './pack.js'
import {readable} from './stat.js'
import {BLOCK, type TarHeader} from './tar/header.js'
import {createTarParser, type TarParser} from './tar/parser.js'

const TAR = `tar --extract --file=- --directory="$1" --preserve-permissions --xattrs --xattrs-include="$2" --acls \\
  --delay-directory-restore --ignore-zeros`
const EXTRACT = `exec ${TAR}`

// Where zstd fails, tar ends too soon, which the look at what has arrived tells.
const UNPACK = `zstd -q -d -c | ${TAR}`

/** Where layers lie and what they look like. */
export interface LayerSource {
  readonly directory: string
  readonly layers: ReadonlyMap<string, LayerDescriptor>
}

/**
 * Streams entries out of their layers into a directory on the host. Every header is compared with the manifest before it
 * leaves, so that nothing but what the manifest names can be written; every byte is hashed on its way.
 * @throws {CrabboxError} `LAYER_CORRUPT`, `LAYER_MISSING`, `DISK_FULL`, `HOST_COMMAND_FAILED`
 */
export async function sendEntries(
  transport: Transport,
  directory: string,
  entries: readonly Entry[],
  source: LayerSource,
  tools: HostTools,
  task: ProgressTask,
  signal: AbortSignal,
): Promise<void> {
  if (entries.length === 0) return
  const packed = travelsPacked(
    transport,
    tools,
    entries.reduce((sum, entry) => sum + entry.length, 0),
  )
  const running = startScript(transport, packed ? UNPACK : EXTRACT, [directory, tools.root ? '*' : 'user.*'], signal)
  const errors = text(running.stderr)
  running.stdout.resume()
  try {
    const pieces = withEnd(readPieces(entries, source, signal))
    for await (const {sent, bytes} of packed ? packPieces(pieces, source.directory) : asTheyAre(pieces)) {
      if (!(await write(running, sent))) break
      task.advance(bytes)
    }

    running.stdin.end()
  } catch (error) {
    running.kill('SIGKILL')
    throw error
  }

  const exit = await running.exit
  throwIfAborted(signal)
  if (exit.code !== 0) throw hostFailure('unpack on the lease', exit.code ?? exit.signal, await errors)
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

async function* readPieces(
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
      yield {bytes: piece.bytes, zstd: layer.compression === 'zst' ? piece.packed : null}
    }

    if (!check.idle()) throw damaged(layer, 'its last entry is incomplete')
  }
}

/** Two blocks of zeros end an archive. */
async function* withEnd(pieces: AsyncIterable<SentPiece>): AsyncGenerator<SentPiece> {
  yield* pieces
  yield {bytes: Buffer.alloc(2 * BLOCK), zstd: null}
}

async function* asTheyAre(pieces: AsyncIterable<SentPiece>): AsyncGenerator<{sent: Buffer; bytes: number}> {
  for await (const {bytes} of pieces) yield {sent: bytes, bytes: bytes.length}
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

/** False when the command has ended: its exit tells why. */
async function write(running: Running, bytes: Buffer): Promise<boolean> {
  if (running.stdin.destroyed) return false
  if (running.stdin.write(bytes)) return true
  const ended = new AbortController()
  const drained = once(running.stdin, 'drain', {signal: ended.signal}).then(
    () => true,
    () => false,
  )
  const result = await Promise.race([drained, running.exit.then(() => false)])
  ended.abort()
  return result
}
