import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import process from 'node:process'

import {measure} from '../measure.js'
import {row} from '../report.js'
import {openSandbox} from '../sandbox.js'
import {prepareTree} from '../tree.js'
import {catalogOf} from './catalog.js'

/** `checkpoint list` with few and with many records, against the least that any Node program takes. */
export async function list({runs, wants}) {
  if (!wants('list')) return []
  const [few, many] = [await sandboxWith(10), await sandboxWith(10_000)]
  const times = {node: [], few: [], many: []}
  // Starts are short and noisy, and cheap to repeat.
  for (let index = 0; index < runs * 3; index++) {
    times.node.push((await measure(process.execPath, ['-e', '0'], {env: few.env})).seconds)
    times.few.push((await few.crabbox('checkpoint', 'list')).seconds)
    times.many.push((await many.crabbox('checkpoint', 'list')).seconds)
  }

  few.close()
  many.close()
  return [
    row({
      name: 'list 10',
      what: 'checkpoint list, 10 records / node -e 0',
      unit: 'seconds',
      ours: times.few,
      theirs: times.node,
      target: 4,
    }),
    row({
      name: 'list 10k',
      what: 'checkpoint list, 10,000 / 10 records',
      unit: 'seconds',
      ours: times.many,
      theirs: times.few,
      target: 3,
    }),
  ]
}

async function sandboxWith(count) {
  const sandbox = openSandbox(`list-${count}`, prepareTree().dir)
  mkdirSync(sandbox.stateDir, {mode: 0o700})
  writeFileSync(join(sandbox.stateDir, 'catalog.json'), JSON.stringify(catalogOf(count)), {mode: 0o600})
  const {answer} = await sandbox.crabbox('checkpoint', 'list', '--json')
  const listed = Array.isArray(answer) ? answer : Object.values(answer).find(Array.isArray)
  if (listed?.length !== count) throw new Error(`checkpoint list shows ${listed?.length} of ${count} records`)
  return sandbox
}
