import type {Ask} from '../core/ask.js'
import {interruptedError, throwIfAborted} from '../core/errors.js'

/**
 * Asks on the terminal; null where nobody sits at one. Questions go to stderr, as everything does that is no result.
 * @param signal takes a question back
 */
export function terminalAsk(signal: AbortSignal): Ask | null {
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) return null
  const context = {output: process.stderr, signal}
  const stopped = (error: unknown): never => {
    throwIfAborted(signal)
    // Ctrl-C in a prompt is an interruption like any other.
    throw error instanceof Error && error.name === 'ExitPromptError' ? interruptedError() : error
  }

  return {
    confirm: async message => {
      const {default: confirm} = await import('@inquirer/confirm')
      return confirm({message, default: false}, context).catch(stopped)
    },
    secret: async message => {
      const {default: password} = await import('@inquirer/password')
      return password({message}, context).catch(stopped)
    },
  }
}
