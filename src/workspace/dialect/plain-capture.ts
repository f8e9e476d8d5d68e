import {text} from 'node:stream/consumers'

import {providerError, throwIfAborted} from '../../core/errors.js'
import type {Exit, Running, Transport} from '../../core/transport.js'
import {startScript} from '../../transports/script.js'
import {listPaths} from '../listing.js'
import {pathList} from '../path-list.js'
import {readable, type Stat} from '../stat.js'
import {paxHeader, padding, type EntrySpec} from '../tar/build.js'
import {BLOCK} from '../tar/header.js'
import {zeros} from '../zeros.js'
import {gunzipped, gzipped} from './gzipped.js'
import {lookAgain, warningsOf} from './look-again.js'
import {plainReader} from './plain-reader.js'
import {lossOf, type TarSource} from './tar-source.js'

// A tarball for each part of the list. A tar that dies in the middle of a file ends all: what the next one wrote would be
// taken for the rest of that file.
const READ = `cd -- "$1" && exec xargs -0 sh -c 'tar -c -f - --no-recursion "$@" || exit 255' sh`

/** The names of one file, in the order of the listing. The first that can be read gets the content. */
type Group = readonly [Stat, ...Stat[]]

/**
 * Reads files through a tar that knows neither names of all kinds nor times: only their content comes from it, and what
 * their headers say from the listing.
 */
export function plainSource(
  transport: Transport,
  root: string,
  stats: readonly Stat[],
  zipped: boolean,
  signal: AbortSignal,
): TarSource {
  const work: Work = {transport, root, zipped, signal, running: null, errors: '', shrunk: []}
  return {
    bytes: entries(work, stats),
    asWritten: false,
    kill: () => work.running?.kill('SIGKILL'),
    loss: () => lossOf(work.running),
    judge: async missing => {
      const moved = await lookAgain(transport, root, stats, new Set(missing), work.errors, signal)
      return warningsOf({...moved, changed: [...new Set([...moved.changed, ...work.shrunk])]})
    },
  }
}

interface Work {
  readonly transport: Transport
  readonly root: string
  /** Whether the host compresses what it sends. */
  readonly zipped: boolean
  readonly signal: AbortSignal
  running: Running | null
  errors: string
  /** Files that ended before the size that they had at first. */
  readonly shrunk: string[]
}

async function* entries(work: Work, stats: readonly Stat[]): AsyncGenerator<Buffer> {
  for (const stat of stats) if (stat.type !== 'file') yield paxHeader(specOf(stat))
  let waiting = groupsOf(stats)
  while (waiting.length > 0) {
    const before = waiting.length
    const exit = yield* readSome(work, waiting, rest => {
      waiting = rest
    })
    throwIfAborted(work.signal)
    if (waiting.length === 0) break
    if (exit.code === 0) throw incomplete(waiting.length)
    const left = await withoutVanished(work, waiting)
    // All that is left is there and none of it came: whoever judges will say so.
    if (waiting.length === before && left.every((group, i) => group[0] === waiting[i]?.[0])) break
    waiting = left
  }

  yield Buffer.alloc(2 * BLOCK)
}

/** One tar's worth of files. Tells which groups are left. */
async function* readSome(
  work: Work,
  groups: readonly Group[],
  rest: (groups: Group[]) => void,
): AsyncGenerator<Buffer, Exit> {
  const running = startScript(work.transport, work.zipped ? gzipped(READ) : READ, [work.root], work.signal)
  work.running = running
  const errors = text(running.stderr)
  running.stdin.end(pathList(groups.map(([first]) => first.path)))
  const byPath = new Map(groups.map(group => [group[0].path, group]))
  let out: Buffer[] = []
  let open: {group: Group; size: number} | null = null
  const close = (): void => {
    if (open === null) return
    const {group, size} = open
    out.push(
      padding(size),
      ...group.slice(1).map(stat => paxHeader({...specOf(stat), type: 'hardlink', size: 0, target: group[0].path})),
    )
    open = null
  }

  const reader = plainReader({
    file: ({path, size, seconds}) => {
      const group = byPath.get(path)
      if (group === undefined) throw foreign(path)
      byPath.delete(path)
      open = {group, size}
      out.push(
        paxHeader({
          ...specOf(group[0]),
          size,
          mtime: seconds === null ? group[0].mtime : timeOf(group[0], size, seconds),
        }),
      )
    },
    data: chunk => out.push(chunk),
    end: close,
  })
  for await (const chunk of work.zipped ? gunzipped(running.stdout) : (running.stdout as AsyncIterable<Buffer>)) {
    reader.feed(chunk)
    const pieces = out
    out = []
    yield* pieces
  }

  const exit = await running.exit
  work.errors += await errors
  // What shrank is filled up with zeros, as GNU tar does it.
  const short = reader.missing()
  if (open !== null && short > 0) {
    work.shrunk.push(readable((open as {group: Group}).group[0].path))
    yield* zeros(short)
    close()
    yield* out
  }

  rest([...byPath.values()])
  return exit
}

/** A header knows whole seconds. Where these are those of the listing, so is the rest. */
const timeOf = (stat: Stat, size: number, seconds: number): string =>
  size === stat.size && Math.floor(Number(stat.mtime)) === seconds ? stat.mtime : `${seconds}.000000000`

/** Leaves out what is not there any more, or is no file now. */
async function withoutVanished({transport, root, signal}: Work, groups: readonly Group[]): Promise<Group[]> {
  const paths = groups.flat().map(stat => stat.path)
  const found = await listPaths(transport, root, paths, 'alone', signal)
  const there = new Set(found.filter(stat => stat.type === 'file').map(stat => stat.path))
  return groups.flatMap(group => {
    const [first, ...others] = group.filter(stat => there.has(stat.path))
    const left: Group[] = first === undefined ? [] : [[first, ...others]]
    return left
  })
}

function groupsOf(stats: readonly Stat[]): Group[] {
  const groups = new Map<string, [Stat, ...Stat[]]>()
  for (const stat of stats) {
    if (stat.type !== 'file') continue
    const key = stat.links > 1 ? stat.inode : `/${stat.path}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [stat])
    else group.push(stat)
  }

  return [...groups.values()]
}

const specOf = (stat: Stat): EntrySpec => ({
  ...stat,
  type: stat.type === 'socket' || stat.type === 'device' ? 'file' : stat.type,
  size: stat.type === 'file' ? stat.size : 0,
})

const foreign = (path: string): Error =>
  providerError('HOST_COMMAND_FAILED', `the lease's host sent ${readable(path)}, which was not asked for`)

const incomplete = (files: number): Error =>
  providerError('TRANSFER_INCOMPLETE', `the transfer from the lease ended with ${files} files missing`, 'Try again.')
