import {setTimeout as sleep} from 'node:timers/promises'

import type {Transport} from '../core/transport.js'
import {writeBaseline, type Baseline} from './baseline.js'
import type {Tree} from './entry.js'
import {selectStats} from './excludes.js'
import {listPaths, listTree, TICK_MS} from './listing.js'
import type {Manifest} from './manifest.js'
import type {RestorePlan} from './plan.js'
import type {RestoreTreeRequest} from './restore.js'
import {sidecarOf} from './sidecar.js'
import type {Stat} from './stat.js'
import {directoryExists} from './target.js'
import {within} from './unit.js'

/** A directory as it is now; nothing where it does not exist. */
export async function statsOf(transport: Transport, directory: string, signal: AbortSignal): Promise<readonly Stat[]> {
  if (!(await directoryExists(transport, directory, signal))) return []
  return (await listTree(transport, directory, signal)).stats
}

/** What a restore knew before it, and did. */
export interface Swapped {
  /** The workdir as it was listed before. */
  readonly before: readonly Stat[]
  readonly baseline: Baseline | null
  readonly plan: RestorePlan
}

/**
 * Records how the workdir and the tree that was replaced look, so that later commands can tell what was written since. Only
 * what the swap touched is listed again: what changed elsewhere meanwhile bears another change time than the listing before.
 */
export async function rememberSwap(
  {transport, target, manifest, baselines, excludes, undo}: RestoreTreeRequest & {readonly manifest: Manifest},
  {before, baseline, plan}: Swapped,
): Promise<void> {
  const {unit} = plan
  const swapped = unit !== null || plan.directories.length > 0
  // Change times of later writes must differ from those of the swap.
  if (swapped) await sleep(TICK_MS)
  const touched = new Set([...plan.directories.map(entry => entry.path), ...linkedInto(unit, before)])
  const signal = new AbortController().signal
  const [trees, alone, kept] = await Promise.all([
    unit === null ? [] : listPaths(transport, target, [unit], 'trees', signal),
    listPaths(transport, target, [...touched], 'alone', signal),
    swapped && undo === 'keep' && baseline !== null
      ? statsOf(transport, `${sidecarOf(target)}/undo/tree`, signal)
      : null,
  ])
  if (kept !== null && baseline !== null)
    await writeBaseline(baselines.undo, baseline.checkpoint, refreshed(stillKnown(before, baseline), kept))
  const rest = before.filter(({path}) => !touched.has(path) && (unit === null || !within(unit, path)))
  const current = selectStats([...rest, ...alone, ...trees], excludes).kept
  await writeBaseline(baselines.current, manifest.id, matching(current, manifest.tree))
}

/** Other names of files of the unit: a copy by hard links moves their change times too. */
function linkedInto(unit: string | null, before: readonly Stat[]): string[] {
  const linked = before.filter(stat => stat.type === 'file' && stat.links > 1)
  if (unit === null || linked.length === 0) return []
  const inside = new Set(linked.filter(stat => within(unit, stat.path)).map(stat => stat.inode))
  return linked.filter(stat => inside.has(stat.inode) && !within(unit, stat.path)).map(stat => stat.path)
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
 */
export function refreshed(known: readonly Stat[], now: readonly Stat[]): Stat[] {
  const byPath = new Map(now.map(stat => [stat.path, stat]))
  return known.map(stat => {
    const found = byPath.get(stat.path)
    const same = found?.inode === stat.inode && found.mtime === stat.mtime && found.size === stat.size
    return same ? {...stat, ctime: found.ctime} : stat
  })
}

/** Files that look as the tree says. A program that goes on while its workdir is replaced may have written already. */
export const matching = (stats: readonly Stat[], tree: Tree): Stat[] =>
  stats.filter(stat => {
    const entry = tree.get(stat.path)
    if (entry === undefined || entry.type !== stat.type || entry.mtime !== stat.mtime) return false
    return entry.target === stat.target && (entry.type !== 'file' || entry.size === stat.size)
  })
