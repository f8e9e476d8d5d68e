// `npm run quickstart`: the whole story on a small repository with one real dependency, through the real CLI.
// Everything it makes, Crabbox's state included, lies in one temporary directory that is removed at the end.
import {existsSync, mkdtempSync, realpathSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import process from 'node:process'

import {buildWhenMissing} from './quickstart/build.js'
import {makeSample} from './quickstart/sample.js'
import {storyteller} from './quickstart/storyteller.js'
import {leaseIn, sandboxEnv} from './sandbox.js'

const CHECKPOINT = 'after-npm-install'

// Ctrl-C ends the running step, which ends the story; this process lives on to clean up.
process.on('SIGINT', () => undefined)

buildWhenMissing()
const dir = realpathSync(mkdtempSync(join(tmpdir(), 'crabbox-quickstart-')))
let ending
try {
  const where = {cwd: join(dir, 'greeter'), env: sandboxEnv(dir)}
  makeSample(where.cwd, where.env)
  const teller = storyteller(where)
  tell(teller)
  ending = teller.summary()
} catch (error) {
  ending = `\nThe quickstart failed: ${error.message}`
  process.exitCode = 1
} finally {
  rmSync(dir, {recursive: true, force: true})
}

console.log(`${ending}\n\nEverything lay in ${dir}, which is removed again.`)

function tell({say, crabbox, shell}) {
  say('A lease: a prepared place to work. The default provider is this machine, so it is a directory.')
  const source = leaseOf(crabbox('warmup', '--json'))

  say('Sync the checkout to it, and prepare it once.')
  crabbox('run', '--id', source.slug, '--shell', 'npm install && npm test')

  say('Save that state under a name.')
  crabbox('checkpoint', 'create', '--id', source.slug, '--name', CHECKPOINT)
  crabbox('checkpoint', 'list')

  say('Fork it: another lease in the same state. Its tests run at once, with no install.')
  const fork = leaseOf(crabbox('checkpoint', 'fork', CHECKPOINT, '--json'))
  crabbox('run', '--id', fork.slug, '--', 'npm', 'test')

  say('Break a file in the first lease, and see that it differs from the fork.')
  crabbox('run', '--id', source.slug, '--no-sync', '--shell', 'echo "export const greet = 42" > greet.js')
  shell({status: 1}, 'diff', '-r', source.workdir, fork.workdir)

  say('Restore the checkpoint in place: the two are equal again, and diff prints nothing.')
  crabbox('checkpoint', 'restore', CHECKPOINT, '--id', source.slug)
  shell({silent: true}, 'diff', '-r', source.workdir, fork.workdir)

  say('Put everything away.')
  crabbox('stop', '--id', fork.slug)
  crabbox('stop', '--id', source.slug)
  crabbox('checkpoint', 'delete', CHECKPOINT)
  if (existsSync(source.workdir) || existsSync(fork.workdir))
    throw new Error('a stopped lease left its directory behind')
}

function leaseOf(output) {
  const lease = leaseIn(JSON.parse(output))
  if (!lease) throw new Error('no lease with a slug and a workdir in the answer')
  return lease
}
