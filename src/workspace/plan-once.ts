import type {Entry, Tree} from './entry.js'
import type {Selection} from './excludes.js'
import {planRestore, type RestorePlan} from './plan.js'

/** What fills an empty workdir depends on nothing but the tree, and forks that are made together have the same one. */
const filling = new WeakMap<Tree, RestorePlan>()

/** Plans a restore; see `planRestore`. An empty workdir is planned once for each tree. */
export function planOnce(selection: Selection, wanted: Tree, known: ReadonlyMap<string, Entry>): RestorePlan {
  const {kept, excluded} = selection
  const empty = kept.length === 1 && kept[0]?.path === '' && excluded.length === 0 && known.size === 0
  if (!empty) return planRestore(selection, wanted, known)
  const plan = filling.get(wanted) ?? planFilling(wanted) ?? planRestore(selection, wanted, known)
  filling.set(wanted, plan)
  return plan
}

/** The same plan, made in a fraction of the time; null where all of the tree is in one entry, which is filled alone. */
function planFilling(wanted: Tree): RestorePlan | null {
  const all = [...wanted.values()]
  const top = all.filter(({path}) => path !== '' && !path.includes('/'))
  if (!wanted.has('') || top.length < 2) return null
  return {
    ...{unit: '', send: all, expected: all, changes: all, unchanged: 0},
    ...{open: [''], remove: [], directories: [], gone: []},
  }
}
