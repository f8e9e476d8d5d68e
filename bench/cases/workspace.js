import {prepareTree} from '../tree.js'
import {openRound} from '../round.js'
import {create} from './create.js'
import {fork} from './fork.js'
import {incremental} from './incremental.js'
import {memoryRows} from './memory.js'
import {renewed} from './renewed.js'
import {restore} from './restore.js'

/** In the order in which one round runs them: each stands on the checkpoint that `create` makes. */
const CASES = [create, incremental, fork, restore, renewed]

/** Everything that is measured on a real tree: one lease a round, so that the peers take turns. */
export async function workspace({runs, wants}) {
  const chosen = CASES.filter(({name}) => wants(name) || name === 'create' || wants('memory'))
  if (!CASES.some(({name}) => wants(name)) && !wants('memory')) return []
  const tree = prepareTree()
  console.error(`tree: ${tree.files} files, ${(tree.bytes / 1e6).toFixed(0)} MB`)

  const samples = new Map(CASES.map(({name}) => [name, []]))
  const peaks = []
  for (let index = 0; index < runs; index++) {
    const round = await openRound(tree, index)
    for (const one of chosen) {
      console.error(`round ${index + 1} of ${runs}: ${one.name}`)
      samples.get(one.name).push(await one.measure(round))
    }

    peaks.push(...round.peaks)
    round.close()
  }

  const rows = CASES.filter(({name}) => wants(name)).flatMap(({name, rows}) => rows(samples.get(name)))
  return wants('memory') ? [...rows, ...memoryRows(peaks, 'real tree')] : rows
}
