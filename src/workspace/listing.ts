import {buffer, text} from 'node:stream/consumers'

import {notFoundError, throwIfAborted} from '../core/errors.js'
import type {Exit, Running, Transport} from '../core/transport.js'
import {hostFailure, startScript} from '../transports/script.js'
import {pathList} from './path-list.js'
import {readable, type Stat, type StatType} from './stat.js'
import {tarTime, timeInMs} from './time.js'

/** All that is in a directory, in the host's own order: a directory stands before what it holds. */
export interface Listing {
  readonly stats: readonly Stat[]
  readonly warnings: readonly string[]
}

const FORMAT = "-printf '%P\\0%y\\0%m\\0%U\\0%G\\0%s\\0%T@\\0%C@\\0%D:%i\\0%n\\0%l\\0'"

/**
 * Lists the directory that the first parameter names. The clock is read on the same host, before the first file, to know
 * which changes are too fresh to be told apart.
 */
export const LIST = `cd -- "$1" || exit 66
date +%s.%N | tr '\\n' '\\0'
exec find . -xdev ${FORMAT}`

// Paths come on standard input; how deep to look below them is the second parameter.
const LIST_SOME = `cd -- "$1" || exit 66
date +%s.%N | tr '\\n' '\\0'
depth=$2 exec xargs -0 -r sh -c 'exec find "$@" -xdev -maxdepth "$depth" ${FORMAT.replaceAll("'", '"').replace('%P', '%p')}' sh`
const ALL = String(2 ** 31 - 1)

const FIELDS = 11

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
export async function listTree(transport: Transport, root: string, signal: AbortSignal): Promise<Listing> {
  const listed = await collect(startScript(transport, LIST, [root], signal), signal)
  requireComplete(listed, root)
  return parseListing(listed.output)
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
  running.stdin.write(pathList(paths))
  const listed = await collect(running, signal)
  requireComplete(listed, root)
  const {stats} = parseListing(listed.output)
  return stats.map(stat => ({...stat, path: stat.path.replace(/^\.\/?/, '')}))
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
export function requireComplete({errors, exit}: Listed, root: string): void {
  if (exit.code === 66) throw workdirNotFound(root)
  // A file that goes away while its directory is read is not in the listing, and that is all.
  const serious = errors.split('\n').filter(line => line !== '' && !line.endsWith(': No such file or directory'))
  // xargs answers with 123 where find answers with 1.
  if (exit.code !== 0 && ((exit.code !== 1 && exit.code !== 123) || serious.length > 0))
    throw hostFailure(`list ${root}`, exit.code ?? exit.signal, serious.join('\n'))
}

/** Parses what the listing script printed. */
export function parseListing(output: Buffer): Listing {
  const fields = output.toString('latin1').split('\0')
  const now = timeInMs(fields[0] ?? '0')
  const device = (fields[9] ?? '').split(':')[0]
  const stats: Stat[] = []
  const warnings: string[] = []
  for (let i = 1; i + FIELDS <= fields.length; i += FIELDS) {
    const stat = parseStat(fields, i, now)
    if (!stat.inode.startsWith(`${device}:`))
      warnings.push(`${readable(stat.path)} is a mount point; what is mounted there is not saved`)
    stats.push(stat)
  }

  return {stats, warnings}
}

function parseStat(fields: readonly string[], i: number, now: number): Stat {
  const field = (n: number): string => fields[i + n] ?? ''
  const type = TYPES[field(1)] ?? 'device'
  const ctime = tarTime(field(7))
  return {
    path: field(0),
    type,
    mode: Number.parseInt(field(2), 8),
    uid: Number(field(3)),
    gid: Number(field(4)),
    size: type === 'file' || type === 'symlink' ? Number(field(5)) : 0,
    mtime: tarTime(field(6)),
    ctime: timeInMs(ctime) > now - TICK_MS ? '' : ctime,
    inode: field(8),
    links: Number(field(9)),
    target: field(10),
  }
}
