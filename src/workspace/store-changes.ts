import type {Context} from '../core/context.js'
import {stateError} from '../state/files.js'
import {capture} from './capture.js'
import type {Entry} from './entry.js'
import type {HostTools} from './host.js'
import type {LayerDescriptor} from './layer/descriptor.js'
import {createLayerWriter} from './layer/writer.js'
import {packingFrom} from './pack.js'
import type {SaveRequest} from './save-request.js'
import type {Stat} from './stat.js'

/** What was read from the host, in a layer of its own. */
export interface StoredLayer {
  readonly descriptor: LayerDescriptor
  readonly entries: readonly Entry[]
  readonly warnings: readonly string[]
}

/** Stores files of the workdir as a layer; null where there are none. */
export async function storeChanges(
  request: SaveRequest,
  changed: readonly Stat[],
  tools: HostTools,
  context: Context,
): Promise<StoredLayer | null> {
  if (changed.length === 0) return null
  const {transport, workdir} = request
  const directory = request.store.layers
  const bytes = changed.reduce((sum, stat) => sum + stat.size, 0)
  const task = context.progress.start('saving', bytes, 'bytes')
  const layer = await createLayerWriter(directory, request.id)
  const packing = packingFrom(transport, tools, bytes)
  try {
    const into = {layer, directory, packing, tar: tools.tar}
    const result = await capture(transport, workdir, changed, into, task, context.signal)
    const descriptor = await layer.finish()
    return {...result, entries: result.entries.map(entry => ({...entry, layer: descriptor.name})), descriptor}
  } catch (error) {
    await layer.discard()
    throw stateError(directory, error)
  } finally {
    task.done()
  }
}
