import {setTimeout as sleep} from 'node:timers/promises'

import type {Transport} from '../core/transport.js'
import type {Baseline} from './baseline-text.js'
import type {TarDialect} from './dialect/tar.js'
import type {Tree} from './entry.js'
import {listWhole} from './listing.js'
import {TICK_MS} from './listed-fields.js'
import type {Stat} from './stat.js'
import {directoryExists} from './target.js'

/** A directory as it is now, as far as it can be read; nothing where it does not exist. */
export async function statsOf(transport: Transport, directory: string, signal: AbortSignal): Promise<readonly Stat[]> {
  if (!(await directoryExists(transport, directory, signal))) return []
  return (await listWhole(transport, directory, signal, {closed: 'left out'})).listing.stats
}

/** What a swap has just moved, once its change times can be told from later ones. */
export async function statsAfterSwap(transport: Transport, directory: string): Promise<readonly Stat[]> {
  await sleep(TICK_MS)
  return statsOf(transport, directory, new AbortController().signal)
}

/** Files that nobody has touched since they were equal to the baseline's checkpoint. */
export const stillKnown = (stats: readonly Stat[], baseline: Baseline): Stat[] =>
  stats.filter(stat => {
    const then = baseline.stats.get(stat.path)
    return then !== undefined && then.ctime !== '' && then.ctime === stat.ctime && then.inode === stat.inode
  })

/**
 * The same files with the change times of now: a swap moves these and nothing else. What somebody wrote meanwhile keeps its
 * old ones, and counts as touched ever after.
 * @param moved whether the change time of a file was moved by ourselves
 */
export function refreshed(known: readonly Stat[], now: readonly Stat[], moved: (stat: Stat) => boolean): Stat[] {
  const byPath = new Map(now.map(stat => [stat.path, stat]))
  return known.map(stat => {
    const found = byPath.get(stat.path)
    const same = found?.inode === stat.inode && found.mtime === stat.mtime && found.size === stat.size
    return same && (found.type === 'directory' || moved(found)) ? {...stat, ctime: found.ctime} : stat
  })
}

/** Whether a file has its mode. Whoever is not the superuser loses set-id bits, and symbolic links have none of their own. */
export const sameMode = ({type, mode}: Pick<Stat, 'type' | 'mode'>, entry: Pick<Stat, 'mode'>): boolean =>
  type === 'symlink' || (mode & 0o777) === (entry.mode & 0o777)

/** Files that look as the tree says. A program that goes on while its workdir is replaced may have written already. */
export const matching = (stats: readonly Stat[], tree: Tree, sameTime: TarDialect['sameTime']): Stat[] =>
  stats.filter(stat => {
    const entry = tree.get(stat.path)
    if (entry === undefined || entry.type !== stat.type || !sameTime(stat.mtime, entry.mtime)) return false
    if (!sameMode(stat, entry)) return false
    return entry.target === stat.target && (entry.type !== 'file' || entry.size === stat.size)
  })
