import {createHash, type Hash} from 'node:crypto'
import {setTimeout as sleep} from 'node:timers/promises'

import {throwIfAborted} from '../core/errors.js'
import type {ProgressTask} from '../core/progress.js'
import type {Running, Transport} from '../core/transport.js'
import {startScript} from '../transports/script.js'
import type {Entry, EntryType} from './entry.js'
import {FRAME_BYTES} from './layer/descriptor.js'
import {storePacked} from './layer/packed.js'
import type {LayerWriter} from './layer/writer.js'
import {pathList} from './path-list.js'
import {readable, type Stat} from './stat.js'
import {readTarComplaints, TAR_STATUS} from './tar-complaints.js'
import {corrupt} from './tar/corrupt.js'
import {createTarParser, type TarSink} from './tar/parser.js'
import type {TarHeader} from './tar/header.js'

// One round trip: names go in, a tarball comes out. Names begin with ./ so that none is taken for an option.
const TAR = `tar --create --file=- --directory="$1" --format=posix --sparse --xattrs --acls \\
  --pax-option=delete=atime,delete=ctime,exthdr.name=%d/PaxHeaders/%f \\
  --blocking-factor=128 --no-recursion --ignore-failed-read --null --verbatim-files-from --files-from=-`
const SCRIPT = `exec ${TAR}`

// A pipeline ends with the status of its last command; that of tar comes among its complaints. split starts its filter with the
// user's shell, which may read a profile that prints.
const PACKED = `{ ${TAR}; echo "${TAR_STATUS}$?" >&2; } | SHELL=/bin/sh split -b ${FRAME_BYTES} --filter='exec zstd -q -1 -c' -`

/** Stands for the layer's name until the layer is finished. */
export type Captured = Omit<Entry, 'layer'>

export interface CaptureResult {
  readonly entries: readonly Captured[]
  readonly warnings: readonly string[]
}

/** Where what comes is stored. */
export interface CaptureInto {
  readonly layer: LayerWriter
  /** The directory of the layer. */
  readonly directory: string
  /** Whether the host compresses: it needs `zstd`, and so do we. */
  readonly packed: boolean
}

const ZEROS = Buffer.alloc(1 << 20)

/**
 * Streams the named files from the host into a layer, hashing each as it passes.
 * @throws {CrabboxError} `FILE_UNREADABLE`, `LAYER_CORRUPT`, `HOST_COMMAND_FAILED`
 */
export async function capture(
  transport: Transport,
  root: string,
  stats: readonly Stat[],
  {layer, directory, packed}: CaptureInto,
  task: ProgressTask,
  signal: AbortSignal,
): Promise<CaptureResult> {
  const running = startScript(transport, packed ? PACKED : SCRIPT, [root], signal)
  const complaints = readTarComplaints(running.stderr)
  running.stdin.end(pathList(stats.map(stat => stat.path)))
  const entries: Captured[] = []
  const parser = createTarParser(collectInto(entries, new Set(stats.map(stat => stat.path))))
  try {
    const stream = running.stdout as AsyncIterable<Buffer>
    for await (const chunk of packed ? storePacked(stream, layer, directory) : stream) {
      parser.feed(chunk)
      task.advance(chunk.length)
      if (!packed) await layer.write(chunk)
    }
  } catch (error) {
    running.kill('SIGKILL')
    throw (await lossOf(running)) ?? error
  }

  const exit = await running.exit
  throwIfAborted(signal)
  const missing = missingFrom(stats, entries)
  const warnings = (await complaints).judge({exit, missing, finished: parser.finished()})
  return {entries, warnings}
}

/** Milliseconds in which a command whose output has ended tells how it ended. */
const SOON = 200

/** Why the command could not end: then what came is cut off for that, and nothing is wrong with it. Null: it could. */
const lossOf = (running: Running): Promise<unknown> =>
  Promise.race([
    running.exit.then(
      () => null,
      (error: unknown) => error,
    ),
    sleep(SOON, null),
  ])

/** Turns what the parser sees into entries with hashes. Each of the files that were asked for may come once. */
function collectInto(entries: Captured[], asked: Set<string>): TarSink {
  const byPath = new Map<string, Captured>()
  let open: {header: TarHeader; at: number; hash: Hash | null} | null = null
  const close = (length: number): void => {
    if (open === null) return
    const {header, at, hash} = open
    const first = header.type === 'hardlink' ? byPath.get(header.target) : undefined
    const entry = toEntry(header, first, at, length, hash?.digest('hex') ?? '')
    byPath.set(entry.path, entry)
    entries.push(entry)
    open = null
  }

  return {
    entry: (header, at) => {
      if (!asked.delete(header.path)) throw corrupt(`${readable(header.path)}, which was not asked for`)
      open = {header, at, hash: header.type === 'file' ? createHash('sha256') : null}
    },
    data: chunk => open?.hash?.update(chunk),
    hole: length => hashZeros(open?.hash, length),
    entryEnd: close,
  }
}

function toEntry(header: TarHeader, first: Captured | undefined, at: number, length: number, sha256: string): Captured {
  const {path, mode, uid, gid, mtime, attributes} = header
  const base = {path, mode, uid, gid, mtime, attributes: attributes ?? '', at, length}
  if (header.type === 'hardlink') {
    return {
      ...base,
      type: 'file',
      size: first?.size ?? 0,
      target: '',
      hardlink: header.target,
      sha256: first?.sha256 ?? '',
    }
  }

  const type: EntryType = header.type
  const size = type === 'symlink' ? header.target.length : header.size
  return {...base, type, size, target: header.target, hardlink: '', sha256}
}

/** Feeds a hole into a hash without making the hole in memory. */
export function hashZeros(hash: Hash | null | undefined, length: number): void {
  for (let left = length; left > 0; left -= ZEROS.length)
    hash?.update(left < ZEROS.length ? ZEROS.subarray(0, left) : ZEROS)
}

function missingFrom(stats: readonly Stat[], entries: readonly Captured[]): string[] {
  const got = new Set(entries.map(entry => entry.path))
  return stats.filter(stat => !got.has(stat.path)).map(stat => readable(stat.path))
}
