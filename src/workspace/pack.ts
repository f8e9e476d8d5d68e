import type {Transport} from '../core/transport.js'
import type {HostTools, Packer} from './host.js'
import {codecFor, preferredCompression} from './layer/codec.js'
import {FRAME_BYTES, type Compression} from './layer/descriptor.js'

/** Raw tar bytes on their way. */
export interface SentPiece {
  /** How many. */
  readonly length: number
  /** Null where only the frame is at hand. */
  readonly bytes: Buffer | null
  /** The same bytes as a frame, where they lie so in their layer. */
  readonly packed: {readonly compression: Compression; readonly frame: Buffer} | null
}

/** What compresses on a host: in frames of zstd, or as one stream of gzip. */
export type Packing = Packer | 'gzip'

/** Bytes from which on it takes less time to compress than to send what is not compressed. */
const WORTH_PACKING = 1 << 20

/** How so many bytes are compressed on their way to a host that is another machine: with zstd where both sides have it. */
export function packingTo(transport: Transport, {packer, gzip}: HostTools, bytes: number): Compression | null {
  if (transport.colocated || bytes < WORTH_PACKING) return null
  if (packer !== null && preferredCompression() === 'zst') return 'zst'
  return gzip ? 'gz' : null
}

/** The same from a host. Frames are asked for where GNU tar is: its complaints alone tell how it ended in the middle of a pipeline. */
export function packingFrom(transport: Transport, tools: HostTools, bytes: number): Packing | null {
  const compression = packingTo(transport, tools, bytes)
  if (compression === 'zst' && tools.tar.name === 'gnu') return tools.packer
  return compression !== null && tools.gzip ? 'gzip' : null
}

/** What is compressed while what came before it is sent. */
const AHEAD = 2

/**
 * What to send for pieces so that decompressing makes them of it again: frames of layers as they are, the rest compressed anew.
 * @param directory where files may be put that frames pass through
 */
export async function* packPieces(
  pieces: AsyncIterable<SentPiece>,
  compression: Compression,
  directory: string,
): AsyncGenerator<Packed> {
  const codec = codecFor(compression, directory, FRAME_BYTES)
  await using programs = {[Symbol.asyncDispose]: codec.close}
  void programs
  const started: Promise<Packed>[] = []
  for await (const {length, loose, ready} of inFrames(pieces, compression)) {
    const frame = loose === null ? Promise.resolve(ready) : codec.compress(loose)
    const packed = frame.then(sent => ({sent, bytes: length}))
    packed.catch(() => undefined)
    started.push(packed)
    const first = started.length > AHEAD ? started.shift() : undefined
    if (first !== undefined) yield await first
  }

  for (const packed of started) yield await packed
}

/** Compressed, and how many bytes it was before. */
export interface Packed {
  readonly sent: Buffer
  readonly bytes: number
}

/** Raw bytes of about a frame, or the frame where it is there already. */
type ForPacking = {readonly length: number} & (
  {readonly loose: Buffer; readonly ready: null} | {readonly loose: null; readonly ready: Buffer}
)

async function* inFrames(pieces: AsyncIterable<SentPiece>, compression: Compression): AsyncGenerator<ForPacking> {
  let loose: Buffer[] = []
  let size = 0
  const take = (): ForPacking => {
    const length = size
    const bytes = Buffer.concat(loose, size)
    loose = []
    size = 0
    return {length, loose: bytes, ready: null}
  }

  for await (const {length, bytes, packed} of pieces) {
    if (packed?.compression === compression) {
      if (size > 0) yield take()
      yield {length, loose: null, ready: packed.frame}
      continue
    }

    if (bytes === null) throw new Error('a frame that cannot be sent as it is')
    loose.push(bytes)
    size += bytes.length
    if (size >= FRAME_BYTES) yield take()
  }

  if (size > 0) yield take()
}
