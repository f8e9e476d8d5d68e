import {providerError, reasonOf} from '../../core/errors.js'
import {codecFor} from './codec.js'
import {FRAME_BYTES} from './descriptor.js'
import type {LayerWriter} from './writer.js'
import {zstdFrames} from './zstd-frames.js'

/** Frames that are unpacked ahead of the reader. */
const AHEAD = 1

/** What does not compress grows a little, but never by this much. */
const MAX_PACKED = FRAME_BYTES + (1 << 20)

/**
 * Stores a stream that the host has compressed in frames, and gives out what is in them.
 * @param directory where files may be put that frames pass through
 * @throws {CrabboxError} `TRANSFER_CORRUPT` for what is no such stream
 */
export async function* storePacked(
  stream: AsyncIterable<Buffer>,
  layer: LayerWriter,
  directory: string,
): AsyncGenerator<Buffer> {
  const codec = codecFor('zst', directory, FRAME_BYTES)
  await using programs = {[Symbol.asyncDispose]: codec.close}
  void programs
  const waiting: {packed: Buffer; raw: Promise<Buffer>}[] = []
  let short = false
  const next = async (): Promise<Buffer> => {
    const {packed, raw: unpacking} = waiting.shift() ?? {packed: Buffer.alloc(0), raw: Promise.resolve(Buffer.alloc(0))}
    const raw = await unpacking.catch((error: unknown) => {
      throw corrupt(reasonOf(error))
    })
    if (short) throw corrupt('a frame has the wrong size')
    short = raw.length < FRAME_BYTES
    await layer.writePacked(packed)
    return raw
  }

  const frames = zstdFrames(stream, MAX_PACKED)
  for (;;) {
    const {value: packed} = await frames.next().catch((error: unknown) => {
      throw corrupt(reasonOf(error))
    })
    if (packed === undefined) break
    const raw = codec.decompress(packed)
    raw.catch(() => undefined)
    waiting.push({packed, raw})
    if (waiting.length > AHEAD) yield next()
  }

  while (waiting.length > 0) yield next()
}

const corrupt = (why: string): Error =>
  providerError('TRANSFER_CORRUPT', `what the lease sends cannot be unpacked: ${why}`, 'Try again.')
