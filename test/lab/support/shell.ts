import {execFileSync} from 'node:child_process'

/** Runs a script and returns what it printed; its failure is the test's. */
export const sh = (script: string, ...args: string[]): string =>
  execFileSync('bash', ['-euo', 'pipefail', '-c', script, 'lab', ...args], {encoding: 'latin1', maxBuffer: 1 << 28})

/** What rsync would change to make the second tree like the first: nothing, when they are the same in all that it can tell. */
export const difference = (a: string, b: string): string =>
  sh('rsync -aHAXn --delete --itemize-changes -- "$1/" "$2/"', a, b)
