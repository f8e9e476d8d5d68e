import {createHash} from 'node:crypto'
import type {FileHandle} from 'node:fs/promises'

import {throwIfAborted} from '../../core/errors.js'
import type {LayerDescriptor} from './descriptor.js'

/** Whether the file of a layer is, byte for byte, the one that was stored. */
export async function isIntact(file: FileHandle, layer: LayerDescriptor, signal: AbortSignal): Promise<boolean> {
  const hash = createHash('sha256')
  const chunks = file.createReadStream({start: 0, autoClose: false, highWaterMark: 1 << 20})
  for await (const chunk of chunks as AsyncIterable<Buffer>) {
    throwIfAborted(signal)
    hash.update(chunk)
  }

  return hash.digest('hex') === layer.sha256
}
