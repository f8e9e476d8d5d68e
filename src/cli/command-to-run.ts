import {usageError} from '../core/errors.js'
import type {RanCommand} from '../core/lease.js'
import {commandMissing} from '../operations/run.js'

/**
 * The command that was asked for: words after `--`, or a script.
 * @throws {CrabboxError} `COMMAND_TWICE`, `COMMAND_MISSING`
 */
export function commandToRun(words: readonly string[], shell: string | undefined): RanCommand['command'] {
  if (shell !== undefined && words.length > 0)
    throw usageError('COMMAND_TWICE', 'there is a command and a --shell script', 'Give one of them.')
  if (shell === undefined && words.length === 0) throw commandMissing()
  return shell ?? words
}
