import {setTimeout as sleep} from 'node:timers/promises'

import {outcomeOf, type Lab} from './cli.js'

/** How often each command is killed. */
export const KILLS = Number(process.env['CRABBOX_LAB_KILLS'] ?? 30)

/**
 * Starts a command and kills it at a random moment of the time that it usually takes. True when it was killed before it
 * had ended by itself.
 */
export async function killAtRandom(lab: Lab, usualMs: number, ...args: string[]): Promise<boolean> {
  const child = lab.start(...args)
  const outcome = outcomeOf(child)
  await Promise.race([sleep(Math.random() * usualMs), outcome])
  child.kill('SIGKILL')
  return (await outcome).code === null
}

/** How long a command takes, in milliseconds. */
export async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}
