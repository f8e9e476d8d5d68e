import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import process from 'node:process'

import {measure} from '../measure.js'
import {projectRoot} from '../options.js'
import {median, row} from '../report.js'
import {openSandbox} from '../sandbox.js'
import {catalogOf} from './catalog.js'

const CHECKPOINTS = 1000
/** What bash has in `COMP_WORDBREAKS`. */
const BREAKS = ' \t\n"\'@><=;|&(:'

/** What is on the line when TAB is pressed, and a candidate that the answer has to hold. */
const LINES = {
  commands: ['crabbox ', 'checkpoint'],
  flags: ['crabbox checkpoint create --', '--label'],
  checkpoints: ['crabbox checkpoint fork a', `after-npm-ci-${CHECKPOINTS - 1}`],
  ids: ['crabbox checkpoint fork chk_', `chk_${(CHECKPOINTS - 1).toString(16).padStart(16, '0')}`],
  providers: ['crabbox warmup --provider ', 'local'],
}

/** One TAB with 1,000 checkpoints in the catalog: in itself, and against the least that any Node program takes. */
export async function completion({runs, wants}) {
  if (!wants('completion')) return []
  const sandbox = openSandbox('completion', projectRoot)
  mkdirSync(sandbox.stateDir, {mode: 0o700})
  writeFileSync(join(sandbox.stateDir, 'catalog.json'), JSON.stringify(catalogOf(CHECKPOINTS)), {mode: 0o600})
  const {env} = sandbox
  const tab = line =>
    measure(process.execPath, [join(projectRoot, 'bin', 'run.js'), '__complete', 'bash', line, '', BREAKS], {env})
  const node = []
  const times = Object.fromEntries(Object.keys(LINES).map(what => [what, []]))
  for (let index = 0; index < runs * 3; index++) {
    node.push((await measure(process.execPath, ['-e', '0'], {env})).seconds)
    for (const [what, [line, candidate]] of Object.entries(LINES)) {
      const {seconds, stdout} = await tab(line)
      if (!stdout.split('\n').includes(candidate)) throw new Error(`TAB after ${line}: no ${candidate} in\n${stdout}`)
      times[what].push(seconds)
    }
  }

  sandbox.close()
  const rows = Object.entries(times).map(([what, ours]) =>
    row({name: `TAB ${what}`, what: `TAB for ${what} / node -e 0`, unit: 'seconds', ours, theirs: node, target: 3}),
  )
  const slowest = Object.values(times).reduce((a, b) => (median(a) > median(b) ? a : b))
  return [
    ...rows,
    row({
      name: 'TAB',
      what: 'slowest TAB, 1,000 checkpoints',
      unit: 'seconds',
      ours: [median(slowest)],
      target: 0.15,
    }),
  ]
}
