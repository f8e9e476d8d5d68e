import process from 'node:process'

import {measure} from '../measure.js'
import {row} from '../report.js'
import {openSandbox} from '../sandbox.js'
import {prepareTree} from '../tree.js'

/** What is to be started, and how many times as long as Node itself it may take. */
const STARTS = [
  {name: 'start version', args: ['--version'], target: 3},
  {name: 'start list', args: ['list'], target: 4},
  {name: 'start checkpoint list', args: ['checkpoint', 'list'], target: 4},
]

/** The shortest commands, without records, against the least that any Node program takes. */
export async function start({runs, wants}) {
  if (!wants('start')) return []
  const sandbox = openSandbox('start', prepareTree().dir)
  const node = []
  const ours = STARTS.map(() => [])
  // Starts are short and noisy, and cheap to repeat.
  for (let index = 0; index < runs * 5; index++) {
    node.push((await measure(process.execPath, ['-e', '0'], {env: sandbox.env})).seconds)
    for (const [which, {args}] of STARTS.entries()) ours[which].push((await sandbox.crabbox(...args)).seconds)
  }

  sandbox.close()
  return STARTS.map(({name, args, target}, which) =>
    row({name, what: `${args.join(' ')} / node -e 0`, unit: 'seconds', ours: ours[which], theirs: node, target}),
  )
}
