import {providerError} from '../core/errors.js'
import {below} from './excludes.js'
import {readable, type Stat} from './stat.js'

/** What find says of something that it may not look at. GNU's quotes the name, and writes bytes in it as octal numbers. */
const DENIED = /^find: (?:'([^'\n]+)'|([^'\n]+)): Permission denied\n?/gm

/** What a listing could not look at, one byte a character, and what else it has complained of. */
export function closedIn(errors: string): {readonly closed: readonly string[]; readonly errors: string} {
  const closed = [...errors.matchAll(DENIED)].map(([, quoted, plain = '']) =>
    Buffer.from((quoted === undefined ? plain : unquoted(quoted)).replace(/^\.\/?/, ''), 'utf8').toString('latin1'),
  )
  return {closed, errors: errors.replaceAll(DENIED, '')}
}

const unquoted = (text: string): string =>
  Buffer.from(
    text.replaceAll(/\\([0-7]{3}|\\)/g, (_, sign: string) =>
      sign === '\\' ? sign : String.fromCodePoint(Number.parseInt(sign, 8)),
    ),
    'latin1',
  ).toString('utf8')

/**
 * Refuses a workdir of which there is more than was listed, unless that lies in a directory that is left out of checkpoints. What cannot be
 * told is refused: a file in a directory that may be listed but not entered is in no listing.
 * @throws {CrabboxError} `FILE_UNREADABLE`
 */
export function refuseClosed(closed: readonly string[], excluded: readonly Stat[]): void {
  const leftOut = new Set(excluded.filter(({type}) => type === 'directory').map(({path}) => path))
  const found = closed.find(path => !leftOut.has(path) && !below(path, leftOut))
  if (found === undefined) return
  throw providerError(
    'FILE_UNREADABLE',
    `${readable(found)} cannot be read on the lease`,
    'Make it readable, or leave its directory out with --exclude or .crabboxignore.',
  )
}
