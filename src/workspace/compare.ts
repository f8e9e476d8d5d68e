import type {Baseline} from './baseline-text.js'
import {looksUntouched} from './baseline.js'
import type {Entry, Tree} from './entry.js'
import {inOrder} from './in-order.js'
import type {Stat} from './stat.js'

/** A workdir compared with the checkpoint that it last was equal to. */
export interface Comparison {
  /** Entries of that checkpoint that still hold, by path. */
  readonly same: ReadonlyMap<string, Entry>
  /** What is new or may have changed, in listing order. */
  readonly changed: readonly Stat[]
}

/**
 * Finds what may have changed since the baseline. Names of one file belong together: when one of them changed, all are
 * taken as changed, since an archive holds a file's content under the first of its names.
 */
export function compareWithBaseline(stats: readonly Stat[], baseline: Baseline | null, tree: Tree): Comparison {
  const same = new Map<string, Entry>()
  const dirty = new Set<string>()
  const before = baseline === null ? () => undefined : inOrder(baseline.stats)
  const entries = stats.map(stat => {
    const entry = looksUntouched(stat, before(stat.path)) ? tree.get(stat.path) : undefined
    if (entry !== undefined) same.set(stat.path, entry)
    else if (hasOtherNames(stat)) dirty.add(stat.inode)
    return entry
  })
  const changed = stats.filter((stat, i) => {
    const entry = entries[i]
    if (entry === undefined) return true
    const again = (hasOtherNames(stat) && dirty.has(stat.inode)) || lostItsFirstName(entry, same)
    if (again) same.delete(stat.path)
    return again
  })
  return {same, changed}
}

const hasOtherNames = (stat: Stat): boolean => stat.type !== 'directory' && stat.links > 1

const lostItsFirstName = (entry: Entry, same: ReadonlyMap<string, Entry>): boolean =>
  entry.hardlink !== '' && !same.has(entry.hardlink)
