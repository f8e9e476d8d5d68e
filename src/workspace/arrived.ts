import type {Transport} from '../core/transport.js'
import {groupByLayer} from './by-layer.js'
import type {Entry} from './entry.js'
import type {HostTools} from './host.js'
import {listTree} from './listing.js'
import {looksLike} from './verify.js'

/**
 * What of some entries has still to be sent to a directory into which an attempt that lost its connection has unpacked the first of them.
 * A tar unpacks one after the other and sets the times of each when it has written it. The last that is there may lack what comes after
 * the times, and all directories are sent again: their times move with what is put into them.
 */
export async function notArrived(
  transport: Transport,
  directory: string,
  entries: readonly Entry[],
  tools: HostTools,
  signal: AbortSignal,
): Promise<readonly Entry[]> {
  const {stats} = await listTree(transport, directory, signal)
  const found = new Map(stats.map(stat => [stat.path, stat]))
  const inOrder = [...groupByLayer(entries).values()].flat().filter(entry => entry.type !== 'directory')
  const last = inOrder.findLastIndex(entry => found.has(entry.path))
  const there = new Set(
    inOrder.slice(0, Math.max(0, last)).filter(entry => looksLike(found.get(entry.path), entry, tools)),
  )
  // The names of one file stand or fall together.
  const broken = new Set(inOrder.filter(entry => !there.has(entry)).map(firstName))
  return entries.filter(entry => !there.has(entry) || broken.has(firstName(entry)))
}

const firstName = ({hardlink, path}: Entry): string => (hardlink === '' ? path : hardlink)
