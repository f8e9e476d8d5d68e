import {createHash} from 'node:crypto'
import type {FileHandle} from 'node:fs/promises'

import {throwIfAborted} from '../../core/errors.js'
import type {LayerDescriptor} from './descriptor.js'
import {readFrame} from './reader.js'

/** Whether it is known of each frame what was stored. */
export const knowsFrames = ({hashes}: LayerDescriptor): boolean => hashes !== undefined

/** Whether a frame is, byte for byte, the one that was stored, as far as that is known of frames. */
export const isFrameIntact = ({hashes}: LayerDescriptor, index: number, packed: Buffer): boolean =>
  hashes === undefined || hashes[index] === createHash('sha256').update(packed).digest('hex')

/** Whether the file of a layer is, byte for byte, the one that was stored. */
export async function isIntact(file: FileHandle, layer: LayerDescriptor, signal: AbortSignal): Promise<boolean> {
  const whole = knowsFrames(layer) ? null : createHash('sha256')
  for (const index of layer.frames.keys()) {
    throwIfAborted(signal)
    const packed = await readFrame(file, layer, index)
    if (!isFrameIntact(layer, index, packed)) return false
    whole?.update(packed)
  }

  return whole === null || whole.digest('hex') === layer.sha256
}
