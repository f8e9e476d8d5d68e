import {mkdirSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import process from 'node:process'

import {leaseIn, sandboxEnv} from '../scripts/sandbox.js'
import {measure} from './measure.js'
import {cacheDir, projectRoot} from './options.js'
import {sizeOf} from './tree.js'

/**
 * A place with a Crabbox of its own below the cache directory. `crabbox` runs the real CLI from `cwd` and adds what it
 * printed as JSON to the measurement; `peaks` keeps the most memory that each command took.
 * @param through what it is started with, as `taskset -c 1`
 */
export function openSandbox(name, cwd, through = []) {
  const dir = join(cacheDir, name)
  rmSync(dir, {recursive: true, force: true})
  mkdirSync(dir)
  const env = sandboxEnv(dir)
  // Where it is set, Node parses a bundle of certificates at every start.
  delete env.NODE_EXTRA_CA_CERTS
  const peaks = []

  const crabbox = async (...args) => {
    const [program, ...words] = [...through, process.execPath, join(projectRoot, 'bin', 'run.js'), ...args]
    const run = await measure(program, words, {cwd, env})
    peaks.push({command: args.slice(0, args[0] === 'checkpoint' ? 2 : 1).join(' '), ...run.peak})
    return args.includes('--json') ? {...run, answer: JSON.parse(run.stdout)} : run
  }

  return {
    dir,
    env,
    stateDir: env.CRABBOX_STATE_DIR,
    peaks,
    crabbox,
    /** Runs a command that answers with a lease. */
    openLease: async (...args) => {
      const run = await crabbox(...args, '--json')
      const lease = leaseIn(run.answer)
      if (!lease) throw new Error(`crabbox ${args.join(' ')}: no lease in the answer\n${run.stdout}`)
      return {...run, lease}
    },
    /** Bytes of all that Crabbox keeps beside the leases themselves. */
    stored: () => sizeOf(env.CRABBOX_STATE_DIR, ['local']).bytes,
    close: () => rmSync(dir, {recursive: true, force: true}),
  }
}
