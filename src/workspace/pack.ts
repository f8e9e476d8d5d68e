import type {Transport} from '../core/transport.js'
import type {HostTools} from './host.js'
import {preferredCodec, preferredCompression} from './layer/codec.js'
import {FRAME_BYTES} from './layer/descriptor.js'

/** Raw tar bytes on their way. */
export interface SentPiece {
  readonly bytes: Buffer
  /** The same bytes as a zstd frame, where they lie so in their layer. */
  readonly zstd: Buffer | null
}

/** Bytes from which on it takes less time to compress than to send what is not compressed. */
const WORTH_PACKING = 1 << 20

/** Whether so many bytes travel compressed: with zstd, where both sides have it and the host is another machine. */
export const travelsPacked = (transport: Transport, tools: HostTools, bytes: number): boolean =>
  !transport.colocated && tools.zstd && bytes >= WORTH_PACKING && preferredCompression() === 'zst'

/**
 * What to send for pieces so that `zstd -d` makes them of it again: frames of layers as they are, the rest compressed anew.
 * @param directory where files may be put that frames pass through
 */
export async function* packPieces(
  pieces: AsyncIterable<SentPiece>,
  directory: string,
): AsyncGenerator<{readonly sent: Buffer; readonly bytes: number}> {
  const codec = preferredCodec(directory)
  await using programs = {[Symbol.asyncDispose]: codec.close}
  void programs
  let loose: Buffer[] = []
  let bytes = 0
  const pack = async (): Promise<{sent: Buffer; bytes: number}> => {
    const packed = {sent: await codec.compress(Buffer.concat(loose)), bytes}
    loose = []
    bytes = 0
    return packed
  }

  for await (const piece of pieces) {
    if (piece.zstd !== null) {
      if (bytes > 0) yield pack()
      yield {sent: piece.zstd, bytes: piece.bytes.length}
      continue
    }

    loose.push(piece.bytes)
    bytes += piece.bytes.length
    if (bytes >= FRAME_BYTES) yield pack()
  }

  if (bytes > 0) yield pack()
}
