import type {Context} from '../core/context.js'
import {CrabboxError} from '../core/errors.js'
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
  /** Paths under which something else was read than was listed. */
  readonly moved: ReadonlySet<string>
}

/** Stores files of the workdir as a layer; null where there are none. What came before the connection is lost is kept for the next attempt. */
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
  const layer = await createLayerWriter(directory, layerName(request))
  const packing = packingFrom(transport, tools, bytes)
  const entries: Entry[] = []
  const moved = new Set<string>()

  try {
    const into = {layer, directory, packing, tar: tools.tar, entries, moved}
    const warnings = await capture(transport, workdir, changed, into, task, context.signal)
    return {descriptor: await layer.finish(), entries, warnings, moved}
  } catch (error) {
    try {
      if (!isLost(error) || entries.length === 0) throw error
      const stats = new Map(changed.map(stat => [stat.path, stat]))
      request.received.push({descriptor: await layer.finish(), entries, stats})
    } catch {
      await layer.discard()
    }

    throw stateError(directory, error)
  } finally {
    task.done()
  }
}

/** Every attempt has a layer of its own. */
export const layerName = ({id, received}: Pick<SaveRequest, 'id' | 'received'>): string =>
  received.length === 0 ? id : `${id}-${received.length + 1}`

const isLost = (error: unknown): boolean => error instanceof CrabboxError && error.code === 'CONNECTION_LOST'
