import {CrabboxError, inOneLine, reasonOf} from '../core/errors.js'
import type {Environment} from './environment.js'

/** Milliseconds after which somebody who waits for another command hears what holds it up. */
const SLOW = 3000

/** What is said where somebody else is at it. */
const AT_WORK = ['BUSY', 'WORKDIR_BUSY']

/**
 * Cleans up what was interrupted, before the command that the user has asked for. Says so where that takes long, and where it cannot be
 * done yet, except where somebody else is just at it.
 * @param advice what to do where it cannot be done
 * @returns whether it is done
 */
export async function tidy(
  name: string,
  {progress}: Pick<Environment, 'progress'>,
  work: () => Promise<unknown>,
  advice = '',
): Promise<boolean> {
  const tell = (what: string): void => progress.warn(`${name} was interrupted and ${what}`)
  const slow = setTimeout(() => tell('is being cleaned up first: its host takes its time'), SLOW)
  try {
    await work()
    return true
  } catch (error) {
    if (error instanceof CrabboxError && AT_WORK.includes(error.code)) return false
    tell(`cannot be cleaned up yet: ${advice === '' ? inOneLine(error) : `${reasonOf(error)}${advice}`}`)
    return false
  } finally {
    clearTimeout(slow)
  }
}
