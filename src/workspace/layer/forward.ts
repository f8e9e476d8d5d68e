import type {FileHandle} from 'node:fs/promises'

import {throwIfAborted} from '../../core/errors.js'
import {codecFor} from './codec.js'
import type {LayerDescriptor} from './descriptor.js'
import {isFrameIntact} from './intact.js'
import {damaged, readFrame, unpackFrame, type Range} from './reader.js'

/** Raw bytes of a layer, or a whole frame as it lies there. */
export interface Forwarded {
  /** Of what it is when it is unpacked. */
  readonly length: number
  readonly bytes: Buffer | null
  readonly packed: Buffer | null
}

/**
 * Ranges of a layer for somebody who unpacks frames himself: those that lie whole in a range as they are, the rest unpacked. Frames are what was
 * stored, where the layer says of each what that is; nothing else is looked at.
 * @param file the layer's, open
 * @throws {CrabboxError} `LAYER_CORRUPT`
 */
export async function* forwardLayer(
  file: FileHandle,
  directory: string,
  layer: LayerDescriptor,
  ranges: readonly Range[],
  signal: AbortSignal,
): AsyncGenerator<Forwarded> {
  const codec = codecFor(layer.compression, directory, layer.frameBytes)
  await using programs = {[Symbol.asyncDispose]: codec.close}
  void programs
  const load = async (frame: number): Promise<Buffer> => {
    const packed = await readFrame(file, layer, frame)
    if (isFrameIntact(layer, frame, packed)) return packed
    throw damaged(layer, 'a frame is not the one that was stored')
  }

  // The parts of a frame follow each other.
  let unpacked: {readonly frame: number; readonly raw: Buffer} = {frame: -1, raw: Buffer.alloc(0)}
  for (const {start, end, frame, whole} of partsOf(layer, ranges)) {
    throwIfAborted(signal)
    const length = end - start
    if (whole) {
      yield {length, bytes: null, packed: await load(frame)}
      continue
    }

    if (unpacked.frame !== frame)
      unpacked = {frame, raw: await unpackFrame(codec, directory, layer, frame, await load(frame))}
    const at = start - frame * layer.frameBytes
    const bytes = unpacked.raw.subarray(at, at + length)
    if (bytes.length !== length) throw damaged(layer, 'it is too short')
    yield {length, bytes, packed: null}
  }
}

/** How many bytes of a layer's file would be sent as they are. */
export const forwardedBytes = (layer: LayerDescriptor, ranges: readonly Range[]): number =>
  partsOf(layer, ranges).reduce((sum, {frame, whole}) => sum + (whole ? (layer.frames[frame] ?? 0) : 0), 0)

interface Part extends Range {
  /** The frame that it lies in. */
  readonly frame: number
  /** Whether it is all of it: never of the last, which may be of any length. */
  readonly whole: boolean
}

function partsOf({frameBytes, frames}: LayerDescriptor, ranges: readonly Range[]): Part[] {
  const parts: Part[] = []
  for (const {start, end} of ranges) {
    for (let at = start; at < end;) {
      const frame = Math.floor(at / frameBytes)
      const to = Math.min(end, (frame + 1) * frameBytes)
      const whole = to - at === frameBytes && frame < frames.length - 1
      parts.push({start: at, end: to, frame, whole})
      at = to
    }
  }

  return parts
}
