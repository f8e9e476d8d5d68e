import {once} from 'node:events'
import {text} from 'node:stream/consumers'

import {throwIfAborted} from '../core/errors.js'
import type {ProgressTask} from '../core/progress.js'
import type {Running, Transport} from '../core/transport.js'
import {hostFailure, startScript} from '../transports/script.js'
import {finishPlain, plainTar, type PlainTar} from './dialect/plain-send.js'
import type {Entry} from './entry.js'
import type {HostTools} from './host.js'
import type {Compression} from './layer/descriptor.js'
import {packPieces, packingTo, type Packed, type SentPiece} from './pack.js'
import type {LayerSource} from './layer-source.js'
import {directoriesDeepestFirst, readEntries} from './read-entries.js'
import {mostlyWhole, readPieces} from './read-pieces.js'
import {OVERTAKEN} from './script-parts.js'
import {BLOCK} from './tar/header.js'

// Where these fail, tar ends too soon, which the look at what has arrived tells.
const UNPACK: Readonly<Record<Compression, string>> = {zst: 'zstd -q -d -c', gz: 'gzip -d -c'}

// Somebody else may have begun to build there meanwhile.
const OWNED = `[ -z "$4" ] || [ "$(cat -- "$1/../owner")" = "$4" ] || exit ${OVERTAKEN}`

/** Where content comes from, and for whom. */
export interface SendSource extends LayerSource {
  /** Who the file `owner` beside the directory has to name. Default: nobody. */
  readonly owner?: string
}

/**
 * Streams entries out of their layers into a directory on the host. Nothing leaves but what the manifest names: every header was compared
 * with it and every byte hashed, now or, for a layer that is the very file, when it was stored.
 * @param forward whether frames of a layer may leave without being looked at once more, for a caller who looks at all that arrives in an empty directory. Default: no
 * @throws {CrabboxError} `LAYER_CORRUPT`, `LAYER_MISSING`, `DISK_FULL`, `HOST_COMMAND_FAILED`
 */
export async function sendEntries(
  transport: Transport,
  directory: string,
  entries: readonly Entry[],
  {owner = '', ...source}: SendSource,
  tools: HostTools,
  task: ProgressTask,
  signal: AbortSignal,
  forward = false,
): Promise<void> {
  if (entries.length === 0) return
  const {root, tar} = tools
  const total = entries.reduce((sum, entry) => sum + entry.length, 0)
  // Here, too, frames that need not be unpacked are best left to those who unpack them beside us.
  const asTheyLie = forward && tools.packer !== null && tools.tar.name === 'gnu' && mostlyWhole(entries, source, 'zst')
  const packing = asTheyLie ? 'zst' : packingTo(transport, tools, total)
  const script = `${OWNED}
${packing === null ? tar.extract : `${UNPACK[packing]} | (${tar.extract})`}`
  const bare = forward && entries.every(({attributes}) => attributes === '')
  const running = startScript(transport, script, [directory, root ? '*' : 'user.*', bare ? 'bare' : '', owner], signal)
  const errors = text(running.stderr)
  running.stdout.resume()
  const plain = tar.name === 'plain' ? plainTar() : null
  try {
    const pieces = withEnd(
      tar.name === 'gnu'
        ? readPieces(entries, source, signal, forward ? packing : null)
        : inOrder(entries, source, plain, signal),
    )
    for await (const {sent, bytes} of packing === null
      ? asTheyAre(pieces)
      : packPieces(pieces, packing, source.directory)) {
      if (!(await write(running, sent))) break
      task.advance(bytes)
    }

    running.stdin.end()
  } catch (error) {
    // Where no signal gets through, it ends with its input.
    running.stdin.end()
    running.kill('SIGKILL')
    throw error
  }

  const exit = await running.exit
  throwIfAborted(signal)
  if (exit.code !== 0 && !tar.harmless(await errors))
    throw hostFailure('unpack on the lease', exit.code ?? exit.signal, await errors)
  if (plain === null) return
  const directories = entries.filter(entry => entry.type === 'directory')
  const tarball = directoriesOf(entries, source, signal)
  await finishPlain(plain, transport, directory, {root, tar}, {tarball, directories}, signal)
}

/** GNU tar sets directories when all is unpacked. Others have to be told of them last. */
async function* inOrder(
  entries: readonly Entry[],
  source: LayerSource,
  plain: PlainTar | null,
  signal: AbortSignal,
): AsyncGenerator<SentPiece> {
  const others = entries.filter(entry => entry.type !== 'directory')
  const raw = readEntries(others, source, signal)
  for await (const bytes of plain?.convert(raw) ?? raw) yield loose(bytes)
  if (plain === null) yield loose(await directoriesOf(entries, source, signal))
}

const directoriesOf = (entries: readonly Entry[], source: LayerSource, signal: AbortSignal): Promise<Buffer> =>
  directoriesDeepestFirst(
    entries.filter(entry => entry.type === 'directory'),
    source,
    signal,
  )

const loose = (bytes: Buffer): SentPiece => ({length: bytes.length, bytes, packed: null})

/** Two blocks of zeros end an archive. */
async function* withEnd(pieces: AsyncIterable<SentPiece>): AsyncGenerator<SentPiece> {
  yield* pieces
  yield loose(Buffer.alloc(2 * BLOCK))
}

async function* asTheyAre(pieces: AsyncIterable<SentPiece>): AsyncGenerator<Packed> {
  for await (const {bytes} of pieces) if (bytes !== null) yield {sent: bytes, bytes: bytes.length}
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
