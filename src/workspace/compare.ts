import type {Baseline} from './baseline.js'
import {looksUntouched} from './baseline.js'
import type {Entry, Tree} from './entry.js'
import type {Stat} from './stat.js'

/** A workdir compared with the checkpoint that it last was equal to. */
export interface Comparison {
  /** Entries of that checkpoint that still hold, by path. */
  readonly same: ReadonlyMap<string, Entry>
  /** What is new or may have changed, in listing order. */
  readonly changed: readonly Stat[]
  /** Paths of the checkpoint that are not there any more. */
  readonly gone: readonly string[]
}

/**
 * Finds what may have changed since the baseline. Names of one file belong together: when one of them changed, all are
 * taken as changed, since an archive holds a file's content under the first of its names.
 */
export function compareWithBaseline(stats: readonly Stat[], baseline: Baseline | null, tree: Tree): Comparison {
  const same = new Map<string, Entry>()
  const dirty = new Set<string>()
  for (const stat of stats) {
    const entry =
      baseline !== null && looksUntouched(stat, baseline.stats.get(stat.path)) ? tree.get(stat.path) : undefined
    if (entry === undefined) dirty.add(groupOf(stat))
    else same.set(stat.path, entry)
  }

  const changed = stats.filter(stat => {
    const again = dirty.has(groupOf(stat)) || lostItsFirstName(same.get(stat.path), same)
    if (again) same.delete(stat.path)
    return again
  })
  const present = new Set(stats.map(stat => stat.path))
  return {same, changed, gone: [...tree.keys()].filter(path => !present.has(path))}
}

/** Names with the same inode share a group; all else is a group of its own. */
const groupOf = (stat: Stat): string => (stat.type === 'file' && stat.links > 1 ? stat.inode : `/${stat.path}`)

const lostItsFirstName = (entry: Entry | undefined, same: ReadonlyMap<string, Entry>): boolean =>
  entry !== undefined && entry.hardlink !== '' && !same.has(entry.hardlink)
