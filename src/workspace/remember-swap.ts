import {setTimeout as sleep} from 'node:timers/promises'

import type {Context} from '../core/context.js'
import {CrabboxError} from '../core/errors.js'
import type {Transport} from '../core/transport.js'
import {writeDurably} from '../state/files.js'
import {noteBaseline, noteOrForget} from './baseline.js'
import type {Baseline} from './baseline-text.js'
import type {TarDialect} from './dialect/tar.js'
import type {Entry} from './entry.js'
import {selectStats} from './excludes.js'
import {listPaths, listTree} from './listing.js'
import {TICK_MS} from './listed-fields.js'
import type {Manifest} from './manifest.js'
import type {RestorePlan} from './plan.js'
import {matching, refreshed, sameMode, stillKnown} from './remember.js'
import {sidecarOf} from './sidecar.js'
import type {Staged} from './staged.js'
import {readable, type Stat} from './stat.js'
import {within} from './unit.js'
import type {Witness} from './witness.js'

/** What was restored, and where to. */
export interface SwapContext {
  readonly transport: Transport
  readonly target: string
  readonly manifest: Manifest
  readonly excludes: readonly string[]
  readonly baselines: {readonly current: string; readonly undo: string}
  readonly undo: 'keep' | 'drop'
}

/** What a restore knew before it, and did. */
export interface Swapped {
  /** The workdir as it was listed before. */
  readonly before: readonly Stat[]
  readonly baseline: Baseline | null
  readonly plan: RestorePlan
  /** The new content as it was listed before it took the place of nothing; null: it was not, or took over files of the old. */
  readonly staged: Staged | null
  /** The baseline of what has filled an empty workdir; null: it was not empty. */
  readonly filled: Buffer | null
  readonly witness: Witness
  readonly tar: TarDialect
}

/**
 * Records how the workdir and the tree that was replaced look, so that later commands can tell what was written since. Only
 * what the swap touched is listed again: what changed elsewhere meanwhile bears another change time than the listing before.
 */
export async function rememberSwap(
  {transport, target, manifest, baselines, excludes, undo}: SwapContext,
  {before, baseline, plan, staged, filled, witness, tar}: Swapped,
  context: Pick<Context, 'progress'>,
): Promise<void> {
  const {unit} = plan
  const swapped = unit !== null || plan.directories.length > 0
  // Change times of later writes must differ from those of the swap.
  if (swapped && (staged === null || unit !== '')) await sleep(TICK_MS)
  // A rename moves the change time of what it renames; that of the workdir itself decides nothing.
  const renamed = staged === null || unit === null || unit === '' ? [] : [unit]
  const touched = new Set([...plan.directories.map(entry => entry.path), ...linkedInto(unit, before), ...renamed])
  const signal = new AbortController().signal
  const [trees, alone, kept] = await Promise.all([
    staged?.stats.filter(({path}) => !renamed.includes(path)) ??
      (unit === null ? [] : listPaths(transport, target, [unit], 'trees', signal)),
    listPaths(transport, target, [...touched], 'alone', signal),
    swapped && undo === 'keep' && baseline !== null ? keptStats(transport, target, signal) : null,
  ])
  warnOfModes(plan.directories, alone, context)
  if (kept !== null && baseline !== null) {
    // What only the kept tree has, and somebody wrote into, is put back as it is, and nobody knows what it is equal to. The same goes for
    // a file that was renamed: that has moved its change time.
    const doubted = new Set(kept.filter(stat => !witness.vouches(stat) && !witness.shared(stat)).map(({path}) => path))
    const known = stillKnown(before, baseline).filter(
      ({path, type}) => !doubted.has(path) && (type === 'directory' || path !== unit),
    )
    const now = refreshed(known, kept.filter(witness.vouches), () => true)
    await noteBaseline(baselines.undo, baseline.checkpoint, now, context)
  }

  if (filled !== null) {
    await noteOrForget(baselines.current, writeDurably(baselines.current, filled), context)
    return
  }

  const rest = before.filter(({path}) => !touched.has(path) && (unit === null || !within(unit, path)))
  const current = selectStats([...rest, ...[...alone, ...trees].filter(witness.vouches)], excludes).kept
  await noteBaseline(baselines.current, manifest.id, matching(current, manifest.tree, tar.sameTime), context)
}

/** Says which directories have kept their mode: those of somebody else, or that nobody may change. */
function warnOfModes(
  directories: readonly Entry[],
  stats: readonly Stat[],
  {progress}: Pick<Context, 'progress'>,
): void {
  const byPath = new Map(stats.map(stat => [stat.path, stat]))
  const unlike = directories.filter(entry => !sameMode(byPath.get(entry.path) ?? entry, entry))
  const [first] = unlike
  if (first === undefined) return
  const others = unlike.length === 1 ? '' : `, and of ${unlike.length - 1} others`
  progress.warn(
    `the mode of ${readable(first.path)}${others} could not be set: it belongs to another user, or may not be changed`,
  )
}

/** The tree that was replaced; nothing where the restore only added to what was there. */
const keptStats = (transport: Transport, target: string, signal: AbortSignal): Promise<readonly Stat[]> =>
  listTree(transport, `${sidecarOf(target)}/undo/tree`, signal).then(
    ({stats}) => stats,
    (error: unknown) => {
      if (error instanceof CrabboxError && error.code === 'WORKDIR_NOT_FOUND') return []
      throw error
    },
  )

/** Other names of files of the unit: a copy by hard links moves their change times too. */
function linkedInto(unit: string | null, before: readonly Stat[]): string[] {
  const linked = before.filter(stat => stat.type !== 'directory' && stat.links > 1)
  if (unit === null || linked.length === 0) return []
  const inside = new Set(linked.filter(stat => within(unit, stat.path)).map(stat => stat.inode))
  return linked.filter(stat => inside.has(stat.inode) && !within(unit, stat.path)).map(stat => stat.path)
}
