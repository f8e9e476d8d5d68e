import {CrabboxError, throwIfAborted} from '../core/errors.js'
import type {ProgressTask} from '../core/progress.js'
import type {Transport} from '../core/transport.js'
import {contentHash} from './content-hash.js'
import {openSource} from './dialect/source.js'
import type {TarDialect} from './dialect/tar.js'
import type {Entry, EntryType} from './entry.js'
import {BrokenOff} from './layer/broken-off.js'
import {asCorrupt, storePacked, transferCorrupt} from './layer/packed.js'
import {releasePiece} from './layer/release.js'
import type {LayerWriter} from './layer/writer.js'
import {isOther} from './moved.js'
import type {Packing} from './pack.js'
import {readable, type Stat} from './stat.js'
import {corrupt} from './tar/corrupt.js'
import {createTarParser, type TarParser, type TarSink} from './tar/parser.js'
import type {TarHeader} from './tar/header.js'

/** Where what comes is stored. */
export interface CaptureInto {
  readonly layer: LayerWriter
  /** The directory of the layer. */
  readonly directory: string
  /** What compresses on the host; null: nothing. */
  readonly packing: Packing | null
  readonly tar: TarDialect
  /** Gets every entry that has come whole, also when others do not. */
  readonly entries: Entry[]
  /** Gets the paths under which something else was read than was listed: what is there later may be what was listed again. */
  readonly moved: Set<string>
}

/**
 * Streams the named files from the host into a layer, hashing each as it passes. Returns warnings.
 * @throws {CrabboxError} `FILE_UNREADABLE`, `TRANSFER_CORRUPT`, `HOST_COMMAND_FAILED`
 */
export async function capture(
  transport: Transport,
  root: string,
  stats: readonly Stat[],
  {layer, directory, packing, tar, entries, moved}: CaptureInto,
  task: ProgressTask,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const source = openSource(transport, root, stats, {tar, packing}, signal)
  const framed = packing !== null && packing !== 'gzip'
  const missing = new Map(stats.map(stat => [stat.path, stat]))
  const parser = createTarParser(collectInto({entries, moved, tar}, layer.name, missing))
  const take = (chunk: Buffer): void => {
    feed(parser, chunk)
    task.advance(chunk.length)
  }
  try {
    if (framed) await storePacked(source.bytes, layer, directory, take)
    else
      for await (const chunk of source.bytes) {
        // What has come whole has to be in the layer, whatever follows.
        await layer.write(chunk)
        take(chunk)
        if (source.asWritten) releasePiece(chunk)
      }
  } catch (error) {
    source.kill()
    throwIfAborted(signal)
    // What is damaged is of no use to another attempt, whether or not the connection is lost as well.
    if (framed && !(error instanceof BrokenOff)) throw error
    throw (await source.loss()) ?? (error instanceof BrokenOff ? asCorrupt(error.cause) : error)
  }

  throwIfAborted(signal)
  const warnings = await source.judge([...missing.keys()].map(readable), parser.finished())
  throwIfAborted(signal)
  return warnings
}

/** What comes from the host is no layer so far, and no file of ours is to blame for it. */
function feed(parser: TarParser, chunk: Buffer): void {
  try {
    parser.feed(chunk)
  } catch (error) {
    throw error instanceof CrabboxError && error.code === 'LAYER_CORRUPT'
      ? transferCorrupt(error.message.replace('the stored layer is damaged: it holds ', ''))
      : error
  }
}

/**
 * Turns what the parser sees into entries with hashes. Each of the files that were asked for may come once.
 * @param missing those that have not come so far, as they were listed
 */
function collectInto(
  {entries, moved, tar}: Pick<CaptureInto, 'entries' | 'moved' | 'tar'>,
  layer: string,
  missing: Map<string, Stat>,
): TarSink {
  const first = firstNames(entries)
  const content = contentHash()
  let open: {header: TarHeader; at: number} | null = null
  const close = (length: number): void => {
    if (open === null) return
    const {header, at} = open
    const sha256 = header.type === 'file' ? content.digest() : ''
    const linked = header.type === 'hardlink' ? first(header.target) : undefined
    entries.push(toEntry(header, linked, {layer, at, length}, sha256))
    open = null
  }

  return {
    entry: (header, at) => {
      const listed = missing.get(header.path)
      if (listed === undefined) throw corrupt(`${readable(header.path)}, which was not asked for`)
      missing.delete(header.path)
      if (isOther(header, listed, tar.sameTime)) moved.add(header.path)
      open = {header, at}
      content.begin(header)
    },
    data: content.data,
    hole: content.hole,
    entryEnd: close,
  }
}

/** Finds what has come by its path. Few ask, so nothing is noted before somebody does. */
function firstNames(entries: readonly Entry[]): (path: string) => Entry | undefined {
  const byPath = new Map<string, Entry>()
  let noted = 0
  return path => {
    for (; noted < entries.length; noted++) {
      const entry = entries[noted]
      if (entry !== undefined) byPath.set(entry.path, entry)
    }

    return byPath.get(path)
  }
}

type Where = Pick<Entry, 'layer' | 'at' | 'length'>

function toEntry(header: TarHeader, first: Entry | undefined, {layer, at, length}: Where, sha256: string): Entry {
  const linked = header.type === 'hardlink'
  const {path, mode, uid, gid, mtime, target} = header
  const type: EntryType = linked ? (first?.type ?? 'file') : header.type
  return {
    path,
    type,
    mode,
    uid,
    gid,
    size: linked ? (first?.size ?? 0) : type === 'symlink' ? target.length : header.size,
    mtime,
    target: linked ? (first?.target ?? '') : target,
    hardlink: linked ? target : '',
    sha256: linked ? (first?.sha256 ?? '') : sha256,
    attributes: header.attributes ?? '',
    layer,
    at,
    length,
  }
}
