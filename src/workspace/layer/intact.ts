import {createHash} from 'node:crypto'
import {createReadStream} from 'node:fs'
import {join} from 'node:path'

import type {LayerDescriptor} from './descriptor.js'

/** Whether the file of a layer is, byte for byte, the one that was stored. */
export async function isIntact(directory: string, layer: LayerDescriptor): Promise<boolean> {
  const hash = createHash('sha256')
  const file = createReadStream(join(directory, layer.name), {highWaterMark: 1 << 20})
  for await (const chunk of file as AsyncIterable<Buffer>) hash.update(chunk)
  return hash.digest('hex') === layer.sha256
}
