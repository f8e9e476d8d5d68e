import type {Entry, Tree} from './entry.js'
import type {Selection} from './excludes.js'
import {planRestore, type RestorePlan} from './plan.js'

/** What fills an empty workdir depends on nothing but the tree, and forks that are made together have the same one. */
const filling = new WeakMap<Tree, RestorePlan>()

/** Plans a restore; see `planRestore`. An empty workdir is planned once for each tree. */
export function planOnce(selection: Selection, wanted: Tree, known: ReadonlyMap<string, Entry>): RestorePlan {
  const {kept, excluded} = selection
  const empty = kept.length === 1 && kept[0]?.path === '' && excluded.length === 0 && known.size === 0
  const plan = (empty ? filling.get(wanted) : undefined) ?? planRestore(selection, wanted, known)
  if (empty) filling.set(wanted, plan)
  return plan
}
