import {Errors} from '@oclif/core'

import {CrabboxError, EXIT, reasonOf} from '../core/errors.js'
import {visible} from './visible.js'

/** An error as oclif prints it and as `--json` shows it. */
export interface Failure {
  readonly code: string
  readonly message: string
  readonly hint: string | null
  readonly exit: number
}

/** What oclif ends every complaint about a command line with. */
const SEE_HELP = '\nSee more help with --help'

/** The one place where any error becomes an exit code. Codes of oclif's own errors stay: they are usage errors. */
export function failureOf(error: unknown): Failure {
  if (error instanceof CrabboxError)
    return {code: error.code, message: error.message, hint: error.hint ?? null, exit: EXIT[error.kind]}
  if (isOclifError(error)) {
    const exit = error.oclif.exit ?? EXIT.usage
    const message = error.message.replace(SEE_HELP, '')
    const help = message === error.message ? null : 'Run it with --help to see what it takes.'
    return {code: error.code ?? 'USAGE', message, hint: error.suggestions?.[0] ?? help, exit}
  }

  return {
    code: 'UNEXPECTED',
    message: `unexpected failure: ${reasonOf(error)}`,
    hint: 'Run again with CRABBOX_DEBUG=1 for details, and please report it.',
    exit: EXIT.unexpected,
  }
}

/** Of whatever copy of oclif: plugins bring their own. */
const isOclifError = (error: unknown): error is Errors.CLIError => error instanceof Error && 'oclif' in error

/** What oclif prints without a stack. */
export const printable = ({code, message, hint, exit}: Failure): Errors.CLIError =>
  new Errors.CLIError(visible(message), {code, exit, ...(hint === null ? {} : {suggestions: [hint]})})
