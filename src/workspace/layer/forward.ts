import type {FileHandle} from 'node:fs/promises'

import {throwIfAborted} from '../../core/errors.js'
import type {LayerDescriptor} from './descriptor.js'
import {damaged, readFrame, readOpenLayer, type Piece, type Range} from './reader.js'

/** Raw bytes of a layer, or a whole frame as it lies there. */
export interface Forwarded {
  /** Of what it is when it is unpacked. */
  readonly length: number
  readonly bytes: Buffer | null
  readonly packed: Buffer | null
}

/**
 * Ranges of a layer for somebody who unpacks frames himself: those that lie whole in a range as they are, the rest unpacked. Nothing is
 * looked at.
 * @param file the layer's, open
 * @throws {CrabboxError} `LAYER_MISSING`, `LAYER_CORRUPT`
 */
export async function* forwardLayer(
  file: FileHandle,
  directory: string,
  layer: LayerDescriptor,
  ranges: readonly Range[],
  signal: AbortSignal,
): AsyncGenerator<Forwarded> {
  const parts = partsOf(layer, ranges)
  const loose = parts.filter(part => part.frame === null)
  const unpacked = readOpenLayer(file, directory, layer, loose, signal)
  try {
    for (const {start, end, frame} of parts) {
      throwIfAborted(signal)
      if (frame === null) {
        const {bytes} = await nextOf(unpacked, layer)
        if (bytes.length !== end - start) throw damaged(layer, 'it is too short')
        yield {length: bytes.length, bytes, packed: null}
      } else yield {length: end - start, bytes: null, packed: await readFrame(file, layer, frame)}
    }
  } finally {
    await unpacked.return(undefined)
  }
}

/** A part lies in one frame, and so comes in one piece. */
async function nextOf(pieces: AsyncGenerator<Piece, undefined>, layer: LayerDescriptor): Promise<Piece> {
  const {value} = await pieces.next()
  if (value === undefined) throw damaged(layer, 'it is too short')
  return value
}

/** How many bytes of a layer's file would be sent as they are. */
export const forwardedBytes = (layer: LayerDescriptor, ranges: readonly Range[]): number =>
  partsOf(layer, ranges).reduce((sum, {frame}) => sum + (frame === null ? 0 : (layer.frames[frame] ?? 0)), 0)

interface Part extends Range {
  /** The frame that it is, whole; null: it is less than one, or lies in the last, which may be of any length. */
  readonly frame: number | null
}

function partsOf({frameBytes, frames}: LayerDescriptor, ranges: readonly Range[]): Part[] {
  const parts: Part[] = []
  for (const {start, end} of ranges) {
    for (let at = start; at < end;) {
      const frame = Math.floor(at / frameBytes)
      const to = Math.min(end, (frame + 1) * frameBytes)
      const whole = to - at === frameBytes && frame < frames.length - 1
      parts.push({start: at, end: to, frame: whole ? frame : null})
      at = to
    }
  }

  return parts
}
