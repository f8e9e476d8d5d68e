import {buffer, text} from 'node:stream/consumers'

import {notFoundError, throwIfAborted} from '../core/errors.js'
import type {Exit, Running, Transport} from '../core/transport.js'
import {hostFailure, startScript} from '../transports/script.js'
import {parseStatListing, type StatFlavour} from './dialect/stat-listing.js'
import {GNU_FIELDS, LIST, LIST_SOME} from './list-script.js'
import {listingFor, unpacked} from './packed-listing.js'
import {pathList} from './path-list.js'
import {readable, type Stat, type StatType} from './stat.js'
import {printedTime, timeInMs} from './time.js'

/** All that is in a directory, in the host's own order: a directory stands before what it holds. */
export interface Listing {
  readonly stats: readonly Stat[]
  readonly warnings: readonly string[]
}

const ALL = String(2 ** 31 - 1)

/** Two changes within one tick of the kernel's clock bear the same time; 100 ticks a second is the slowest in use. */
export const TICK_MS = 20

const TYPES: Readonly<Record<string, StatType>> = {
  f: 'file',
  d: 'directory',
  l: 'symlink',
  p: 'fifo',
  s: 'socket',
  b: 'device',
  c: 'device',
}

/**
 * Lists a tree in one round trip, without following links or crossing into other file systems.
 * @throws {CrabboxError} `WORKDIR_NOT_FOUND`; `HOST_COMMAND_FAILED` when something cannot be read
 */
export const listTree = async (transport: Transport, root: string, signal: AbortSignal): Promise<Listing> =>
  parseListing(await listRaw(transport, root, signal))

/** The same as the script prints it. */
export async function listRaw(transport: Transport, root: string, signal: AbortSignal): Promise<Buffer> {
  const listed = await collect(startScript(transport, LIST, [root, listingFor(transport)], signal), signal)
  const output = await unpacked(listed.output)
  requireComplete({...listed, output}, root)
  return output
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
  const listed = await collect(running, signal)
  requireComplete(listed, root)
  const {stats} = parseListing(listed.output)
  return stats.map(stat => ({...stat, path: stat.path === '.' ? '' : stat.path.replace(/^\.\//, '')}))
}

/** What a listing script printed and how it ended. */
export interface Listed {
  readonly output: Buffer
  readonly errors: string
  readonly exit: Exit
}

/** Ends the input of a listing script and waits for it. */
export async function collect(running: Running, signal: AbortSignal): Promise<Listed> {
  running.stdin.end()
  const [output, errors, exit] = await Promise.all([buffer(running.stdout), text(running.stderr), running.exit])
  throwIfAborted(signal)
  return {output, errors, exit}
}

export const workdirNotFound = (root: string): Error =>
  notFoundError(
    'WORKDIR_NOT_FOUND',
    `${root} is not a directory on the lease`,
    'Name an existing directory with --workdir.',
  )

/** Throws for a listing that is not complete. */
export function requireComplete({output, errors, exit}: Listed, root: string): void {
  if (exit.code === 66) throw workdirNotFound(root)
  // A file that goes away while its directory is read is not in the listing, and that is all. Only GNU find quotes names
  // that hold newlines.
  const serious = errors.replace(VANISHED, '').trim()
  // Other finds than GNU's exit with 0 when the program fails that they ran. xargs answers with 123 where find does with 1.
  const harmless = exit.code === 0 || exit.code === 1 || exit.code === 123
  if (!harmless || (serious !== '' && (exit.code !== 0 || byStat(output))))
    throw hostFailure(`list ${root}`, exit.code ?? exit.signal, serious)
}

const VANISHED = /^[a-z]+: (?:(?!\n(?:find|stat|readlink): )[^])*?: No such file or directory$/gm

/** True where the listing was made by stat. */
const byStat = (output: Buffer): boolean => output[1] === 0 && (output[0] === 0x63 || output[0] === 0x66)

/** Parses what the listing script printed. */
export function parseListing(output: Buffer): Listing {
  const fields = output.toString('latin1').split('\0')
  if (!byStat(output)) return withWarnings(parsePrintf(fields))
  const {now, stats} = parseStatListing(fields[0] as StatFlavour, fields.slice(1))
  return withWarnings(stats.map(stat => ({...stat, ctime: unlessFresh(stat.ctime, now)})))
}

function withWarnings(stats: readonly Stat[]): Listing {
  const device = (stats[0]?.inode ?? '').split(':')[0]
  const warnings = stats
    .filter(stat => !stat.inode.startsWith(`${device}:`))
    .map(stat => `${readable(stat.path)} is a mount point; what is mounted there is not saved`)
  return {stats, warnings}
}

function parsePrintf(fields: readonly string[]): Stat[] {
  const now = timeInMs(fields[0] ?? '0')
  const stats: Stat[] = []
  for (let i = 1; i + GNU_FIELDS <= fields.length; i += GNU_FIELDS) stats.push(parseStat(fields, i, now))
  return stats
}

const unlessFresh = (ctime: string, now: number): string => (timeInMs(ctime) > now - TICK_MS ? '' : ctime)

function parseStat(fields: readonly string[], i: number, now: number): Stat {
  const field = (n: number): string => fields[i + n] ?? ''
  const type = TYPES[field(1)] ?? 'device'
  return {
    path: field(0),
    type,
    mode: Number.parseInt(field(2), 8),
    uid: Number(field(3)),
    gid: Number(field(4)),
    size: type === 'file' || type === 'symlink' ? Number(field(5)) : 0,
    mtime: printedTime(field(6)),
    ctime: unlessFresh(printedTime(field(7)), now),
    inode: field(8),
    links: Number(field(9)),
    target: field(10),
  }
}
