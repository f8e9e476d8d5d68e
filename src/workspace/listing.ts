import {text} from 'node:stream/consumers'

import {notFoundError, throwIfAborted} from '../core/errors.js'
import type {Exit, Running, Transport} from '../core/transport.js'
import {hostFailure, startScript} from '../transports/script.js'
import {closedIn} from './closed.js'
import {LIST, LIST_SOME} from './list-script.js'
import type {Extent} from './listing-check.js'
import {isByStat, type Listing, type Take} from './parse-listing.js'
import {pathList} from './path-list.js'
import {NOBODY_KNOWS, readListing, type Looked, type ReadListing} from './read-listing.js'
import type {Stat} from './stat.js'
import {listingFor} from './unpack-listing.js'

const ALL = String(2 ** 31 - 1)

/**
 * Lists a tree in one round trip, without following links or crossing into other file systems.
 * @throws {CrabboxError} `WORKDIR_NOT_FOUND`; `HOST_COMMAND_FAILED` when something cannot be read
 */
export const listTree = async (transport: Transport, root: string, signal: AbortSignal): Promise<Listing> =>
  (await listWhole(transport, root, signal)).listing

/** The same, and what the script printed. `closed` says what is to be of directories that cannot be read. */
export async function listWhole(
  transport: Transport,
  root: string,
  signal: AbortSignal,
  {take, closed = 'refused'}: {take?: Take | undefined; closed?: 'refused' | 'left out'} = {},
): Promise<Listed> {
  const running = startScript(transport, LIST, [root, await listingFor(transport, signal)], signal)
  const listed = await collect(running, signal, {take})
  requireComplete(closed === 'refused' ? listed : {...listed, errors: closedIn(listed.errors).errors}, root)
  // It begins with the time, whatever there is to list.
  if (listed.output.length === 0) throw hostFailure(`list ${root}`, 0, listed.errors.trim() || 'nothing came')
  return listed
}

/**
 * Lists some of a tree: files without what they hold, or the trees below them. What is not there is left out.
 * @param paths one byte a character
 */
export async function listPaths(
  transport: Transport,
  root: string,
  paths: readonly string[],
  depth: 'alone' | 'trees',
  signal: AbortSignal,
): Promise<readonly Stat[]> {
  if (paths.length === 0) return []
  const running = startScript(transport, LIST_SOME, [root, depth === 'alone' ? '0' : ALL], signal)
  running.stdin.write(pathList(paths.filter(path => path !== '')))
  if (paths.includes('')) running.stdin.write('.\0')
  const listed = await collect(running, signal, {of: 'some'})
  requireComplete(listed, root)
  return listed.listing.stats.map(stat => ({...stat, path: stat.path === '.' ? '' : stat.path.replace(/^\.\//, '')}))
}

/** What a listing script printed and how it ended. */
export interface Listed extends ReadListing {
  readonly errors: string
  readonly exit: Exit
}

/** What is expected of a listing. */
export interface CollectOptions {
  /** How many are printed before it, a NUL after each. Default: none. */
  readonly fields?: number
  /** How the directory looked before. Default: nobody knows. */
  readonly looked?: Looked
  /** See `listingParser`. */
  readonly take?: Take | undefined
  /** See `listingParser`. */
  readonly of?: Extent | undefined
}

/**
 * Ends the input of a listing script and reads what it prints, to its end.
 */
export async function collect(
  running: Running,
  signal: AbortSignal,
  {fields = 0, looked = NOBODY_KNOWS, take, of}: CollectOptions = {},
): Promise<Listed> {
  running.stdin.end()
  const [read, errors, exit] = await Promise.all([
    readListing(running.stdout, fields, looked, {take, of}),
    text(running.stderr),
    running.exit,
  ])
  throwIfAborted(signal)
  return {...read, errors, exit}
}

export const workdirNotFound = (root: string): Error =>
  notFoundError(
    'WORKDIR_NOT_FOUND',
    `${root} is not a directory on the lease`,
    'Name an existing directory with --workdir.',
  )

/** Throws for a listing that is not complete. */
export function requireComplete({output, failure, errors, exit}: Listed, root: string): void {
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
