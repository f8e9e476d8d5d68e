import type {Readable} from 'node:stream'
import {text} from 'node:stream/consumers'

import {notFoundError, throwIfAborted} from '../core/errors.js'
import type {Exit, Running} from '../core/transport.js'
import {hostFailure} from '../transports/script.js'
import type {Extent} from './listing-check.js'
import {isByStat} from './parse-listing.js'
import {NOBODY_KNOWS, readListing, type Looked, type ReadListing, type ReadOutput} from './read-listing.js'

/** What a listing script printed and how it ended. */
export type Listed = Heard<ReadListing>

export type Heard<T extends ReadOutput> = T & {readonly errors: string; readonly exit: Exit}

/** What is expected of a listing. */
export interface CollectOptions {
  /** How many are printed before it, a NUL after each. Default: none. */
  readonly fields?: number
  /** How the directory looked before. Default: nobody knows. */
  readonly looked?: Looked
  /** See `listingParser`. */
  readonly of?: Extent | undefined
}

/** Ends the input of a listing script and reads what it prints, to its end. */
export const collect = (
  running: Running,
  signal: AbortSignal,
  {fields = 0, looked = NOBODY_KNOWS, of}: CollectOptions = {},
): Promise<Listed> => hear(running, signal, stdout => readListing(stdout, fields, looked, of))

/** Ends the input of a listing script and reads what it prints, as it is told to. */
export async function hear<T extends ReadOutput>(
  running: Running,
  signal: AbortSignal,
  read: (stdout: Readable) => Promise<T>,
): Promise<Heard<T>> {
  running.stdin.end()
  const [heard, errors, exit] = await Promise.all([read(running.stdout), text(running.stderr), running.exit])
  throwIfAborted(signal)
  return {...heard, errors, exit}
}

export const workdirNotFound = (root: string): Error =>
  notFoundError(
    'WORKDIR_NOT_FOUND',
    `${root} is not a directory on the lease`,
    'Name an existing directory with --workdir.',
  )

/** Throws for a listing that is not complete. */
export function requireComplete({output, failure, errors, exit}: Heard<ReadOutput>, root: string): void {
  if (exit.code === 66) throw workdirNotFound(root)
  // A file that goes away while its directory is read is not in the listing, and that is all. Only GNU find quotes names
  // that hold newlines.
  const serious = errors.replace(VANISHED, '').trim()
  // Other finds than GNU's exit with 0 when the program fails that they ran. xargs answers with 123 where find does with 1.
  const harmless = exit.code === 0 || exit.code === 1 || exit.code === 123
  if (!harmless || (serious !== '' && (exit.code !== 0 || isByStat(output[0]))))
    throw hostFailure(`list ${root}`, exit.code ?? exit.signal, serious)
  if (failure !== null) throw failure
}

const VANISHED = /^[a-z]+: (?:(?!\n(?:find|stat|readlink): )[^])*?: No such file or directory$/gm
