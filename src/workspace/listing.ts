import type {Running, Transport} from '../core/transport.js'
import {hostFailure, startScript} from '../transports/script.js'
import {closedIn} from './closed.js'
import {LIST, LIST_SOME} from './list-script.js'
import {collect, hear, requireComplete, type Heard, type Listed} from './heard-listing.js'
import type {Listing} from './parse-listing.js'
import {pathList} from './path-list.js'
import {readOutput, type ReadOutput} from './read-listing.js'
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
  {closed = 'refused'}: {closed?: 'refused' | 'left out'} = {},
): Promise<Listed> {
  const listed = await collect(await startListing(transport, root, signal), signal)
  requireWhole(closed === 'refused' ? listed : {...listed, errors: closedIn(listed.errors).errors}, root)
  return listed
}

/** The same, as it was printed. Nobody has looked yet whether it is a listing. */
export async function listUnparsed(
  transport: Transport,
  root: string,
  signal: AbortSignal,
): Promise<readonly Buffer[]> {
  const listed = await hear(await startListing(transport, root, signal), signal, stdout => readOutput(stdout, 0))
  requireWhole(listed, root)
  return listed.output
}

const startListing = async (transport: Transport, root: string, signal: AbortSignal): Promise<Running> =>
  startScript(transport, LIST, [root, await listingFor(transport, signal)], signal)

function requireWhole(listed: Heard<ReadOutput>, root: string): void {
  requireComplete(listed, root)
  // It begins with the time, whatever there is to list.
  if (listed.output.length === 0) throw hostFailure(`list ${root}`, 0, listed.errors.trim() || 'nothing came')
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
