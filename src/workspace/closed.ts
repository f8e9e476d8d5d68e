import {providerError} from '../core/errors.js'
import {readable, type Stat} from './stat.js'

/** What find says of a directory that it may not read. GNU's quotes it, and names that hold quotes or ends of lines in a way of its own. */
const DENIED = /^find: (?:'([^'\n]+)'|([^'\n]+)): Permission denied\n?/gm

/** Directories that a listing could not look into, one byte a character, and what else it has complained of. */
export function closedIn(errors: string): {readonly closed: readonly string[]; readonly errors: string} {
  const closed = [...errors.matchAll(DENIED)].map(([, quoted, plain]) =>
    Buffer.from((quoted ?? plain ?? '').replace(/^\.\/?/, ''), 'utf8').toString('latin1'),
  )
  return {closed, errors: errors.replaceAll(DENIED, '')}
}

/**
 * Refuses a workdir of which there is more than was listed. What is left out of checkpoints may be closed.
 * @throws {CrabboxError} `FILE_UNREADABLE`
 */
export function refuseClosed(closed: readonly string[], kept: readonly Stat[]): void {
  if (closed.length === 0) return
  const paths = new Set(kept.map(({path}) => path))
  const found = closed.find(path => paths.has(path))
  if (found === undefined) return
  throw providerError(
    'FILE_UNREADABLE',
    `the directory ${readable(found)} cannot be read on the lease`,
    'Make it readable, or leave it out with --exclude or .crabboxignore.',
  )
}
