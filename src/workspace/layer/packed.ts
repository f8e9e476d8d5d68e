import {CrabboxError, isErrno, providerError, reasonOf} from '../../core/errors.js'
import {BrokenOff, nextOf} from './broken-off.js'
import {codecFor, type Codec} from './codec.js'
import {FRAME_BYTES} from './descriptor.js'
import {release, releasePiece} from './release.js'
import type {Unit} from './unit.js'
import type {LayerWriter} from './writer.js'
import {unpackUnits} from './unpack-units.js'
import {zstdFrames} from './zstd-frames.js'

/** What does not compress grows a little, but never by this much. */
const MAX_PACKED = FRAME_BYTES + (1 << 20)

/** Frames that together are one of ours, at the most: pzstd makes four. Each may hold on to all that came with it. */
const MAX_FRAMES = 128

/**
 * Stores a stream that the host has compressed in frames.
 * @param directory where files may be put that frames pass through
 * @param take gets what is in it, once that is stored; what it throws comes out
 * @throws {BrokenOff} where the stream ends too soon; what was taken by then is stored, and good
 * @throws {CrabboxError} `TRANSFER_CORRUPT` for what is no such stream: what is stored is not to be used then
 */
export async function storePacked(
  stream: AsyncIterable<Buffer>,
  layer: LayerWriter,
  directory: string,
  take: (raw: Buffer) => void,
): Promise<void> {
  const codec = codecFor('zst', directory, FRAME_BYTES)
  await using programs = {[Symbol.asyncDispose]: codec.close}
  void programs
  const units = inUnits(zstdFrames(stream, MAX_PACKED), codec)
  try {
    await (codec.unpack === null
      ? unpackUnits(units, layer.writePacked, take)
      : unpackHere(units, layer, codec.unpack, take))
  } catch (error) {
    throw error instanceof BrokenOff ? error : asCorrupt(error)
  }
}

async function unpackHere(
  units: AsyncGenerator<Unit, void>,
  layer: LayerWriter,
  unpack: NonNullable<Codec['unpack']>,
  take: (raw: Buffer) => void,
): Promise<void> {
  let short = false
  const settle = async ({packed, unpacking}: Unpacking): Promise<void> => {
    const raw = await unpacking
    if (short) throw new Error('a frame has the wrong size')
    short = raw.reduce((sum, piece) => sum + piece.length, 0) < FRAME_BYTES
    await layer.writePacked(packed)
    packed.forEach(releasePiece)
    for (const piece of raw) {
      take(piece)
      release(piece)
    }
  }

  // One is unpacked while the one before it is looked at.
  let before: Unpacking | null = null
  let failure: unknown = null
  for (;;) {
    const packed = await nextOf(units).catch((error: unknown) => {
      failure = error
      return undefined
    })
    if (packed === undefined) break
    const unit = {packed, unpacking: unpack(packed)}
    unit.unpacking.catch(() => undefined)
    if (before !== null) await settle(before)
    before = unit
  }

  // What came before the stream broke off is good.
  if (before !== null) await settle(before)
  if (failure !== null) throw failure as Error
}

/** A layer is cut every so many raw bytes. Where the host's frames are smaller, several in a row make one of ours. */
async function* inUnits(frames: AsyncGenerator<Buffer>, codec: Codec): AsyncGenerator<Unit, void> {
  let each = 0
  let unit: Buffer[] = []
  let size = 0
  for await (const frame of frames) {
    if (each === 0) each = Math.max(1, Math.floor(FRAME_BYTES / (await codec.decompress(frame)).length))
    unit.push(frame)
    size += frame.length
    if (size > MAX_PACKED) throw new Error('small frames are too large')
    if (unit.length > MAX_FRAMES) throw new Error('its frames are too small')
    if (unit.length < each) continue
    yield unit
    unit = []
    size = 0
  }

  if (size > 0) yield unit
}

interface Unpacking {
  readonly packed: Unit
  readonly unpacking: Promise<readonly Buffer[]>
}

/** What goes wrong with files here, or is told in words of our own, says nothing about what was sent. */
export const asCorrupt = (error: unknown): unknown =>
  error instanceof CrabboxError || isErrno(error, 'ENOSPC', 'EDQUOT') || (error instanceof Error && 'syscall' in error)
    ? error
    : transferCorrupt(reasonOf(error))

/** What a host sent is not what it was to compress. */
export const transferCorrupt = (why: string): Error =>
  providerError('TRANSFER_CORRUPT', `what the lease sends cannot be unpacked: ${why}`, 'Try again.')
