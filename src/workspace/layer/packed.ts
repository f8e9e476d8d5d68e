import {isErrno, providerError, reasonOf} from '../../core/errors.js'
import {codecFor} from './codec.js'
import {FRAME_BYTES} from './descriptor.js'
import type {LayerWriter} from './writer.js'
import {zstdFrames} from './zstd-frames.js'

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
  let short = false
  const settle = async ({packed, unpacking}: Frame): Promise<Buffer> => {
    const raw = await unpacking.catch(asCorrupt)
    if (short) throw corrupt('a frame has the wrong size')
    short = raw.length < FRAME_BYTES
    await layer.writePacked(packed)
    return raw
  }

  const frames = zstdFrames(stream, MAX_PACKED)
  // One is unpacked while the one before it is looked at.
  let before: Frame | null = null
  for (;;) {
    const {value: packed} = await frames.next().catch(asCorrupt)
    if (packed === undefined) break
    const frame = {packed, unpacking: codec.decompress(packed)}
    frame.unpacking.catch(() => undefined)
    if (before !== null) yield settle(before)
    before = frame
  }

  if (before !== null) yield settle(before)
}

interface Frame {
  readonly packed: Buffer
  readonly unpacking: Promise<Buffer>
}

/** A full disk here says nothing about what was sent. */
function asCorrupt(error: unknown): never {
  throw isErrno(error, 'ENOSPC', 'EDQUOT') ? error : corrupt(reasonOf(error))
}

const corrupt = (why: string): Error =>
  providerError('TRANSFER_CORRUPT', `what the lease sends cannot be unpacked: ${why}`, 'Try again.')
