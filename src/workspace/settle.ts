import type {Entry, Tree} from './entry.js'
import {parentOf} from './stat.js'

/**
 * The tree of a checkpoint, from what still holds and what was captured. A directory that vanished while it was saved takes
 * with it what it held, and a first name that vanished the other names of its file: nothing may hang in the air.
 * @param before the tree that `same` was part of. Its order is kept where all of it is still there; else it is sorted, which takes a fraction
 * of the time where most of it is
 */
export function settleTree(same: ReadonlyMap<string, Entry>, fresh: readonly Entry[], before: Tree = same): Tree {
  if (before !== same && sameShape(same, fresh, before)) {
    const tree = new Map(before)
    for (const entry of fresh) tree.set(entry.path, entry)
    return tree
  }

  const all = new Map<string, Entry>()
  for (const path of before.keys()) {
    const entry = same.get(path)
    if (entry !== undefined) all.set(path, entry)
  }

  for (const entry of fresh) all.set(entry.path, entry)
  const settled = new Map<string, Entry>()
  // Sorted, a directory stands before all that it holds.
  for (const path of [...all.keys()].sort()) {
    const entry = all.get(path)
    if (entry === undefined) continue
    if (path === '' || settled.get(parentOf(path))?.type === 'directory') settled.set(path, entry)
  }

  for (const entry of settled.values())
    if (entry.hardlink !== '' && !settled.has(entry.hardlink)) settled.delete(entry.path)
  return settled
}

/** Whether all that was there still is, each as what it was: most changes are made to files that stay where they are. */
function sameShape(same: ReadonlyMap<string, Entry>, fresh: readonly Entry[], before: Tree): boolean {
  const changed = new Set<string>()
  for (const {path, type, hardlink} of fresh) {
    if (before.get(path)?.type !== type || hardlink !== '' || same.has(path)) return false
    changed.add(path)
  }

  return same.size + changed.size === before.size
}
