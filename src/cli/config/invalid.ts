import {configError, type CrabboxError} from '../../core/errors.js'

/** Where something stands in a file. */
export interface Place {
  readonly file: string
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
}

const HINT = 'Mend that place in the file, or take it out.'

/** The refusal of what a configuration file says. `what` names what is wrong, and what is allowed. */
export const invalid = ({file, line, column}: Place, what: string): CrabboxError =>
  configError('CONFIG_INVALID', `${file}:${line}:${column}: ${what}`, HINT)

/** The refusal of a configuration file as a whole. */
export const unreadable = (file: string, why: string, cause: unknown): CrabboxError =>
  configError('CONFIG_INVALID', `${file}: cannot be read: ${why}`, 'Mend the file, or move it away.', cause)
