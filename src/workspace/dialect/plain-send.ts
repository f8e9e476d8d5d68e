import type {Transport} from '../../core/transport.js'
import {runScript} from '../../transports/script.js'
import type {Entry} from '../entry.js'
import {padding, plainHeader} from '../tar/build.js'
import {BLOCK, type TarHeader} from '../tar/header.js'
import {createTarParser} from '../tar/parser.js'
import {zeros} from '../zeros.js'
import {secondsText, wholeSeconds, type TarDialect} from './tar.js'

/** The last time that the octal digits of a header hold. */
const MAX_TIME = 0o77777777777

// For each file three fields: seconds, owner, path. No set-id bit is lost by the owner, since links have none.
const TOUCH = `cd -- "$1" || exit 66
export TZ=UTC0
root=$2 exec xargs -0 -n 300 sh -c '
while [ "$#" -gt 2 ]; do
  touch -h -d "@$1" "$3" || exit 1
  if [ "$root" = root ]; then chown -h "$2" "$3" || exit 1; fi
  shift 3
done' sh`

// For other users than root, busybox leaves the modes of directories alone that are there already.
const SET_MODES = 'cd -- "$1" && exec xargs -0 -n 2 chmod --'

/** Turns entries with extended headers into plain ones, for a tar that knows neither these nor holes. */
export interface PlainTar {
  readonly convert: (entries: AsyncIterable<Buffer>) => AsyncGenerator<Buffer>
  /** Files whose times such a tar does not set. Complete when the bytes have been read. */
  readonly untouched: readonly TarHeader[]
}

export function plainTar(): PlainTar {
  const untouched: TarHeader[] = []
  return {convert: entries => convert(entries, untouched), untouched}
}

async function* convert(entries: AsyncIterable<Buffer>, untouched: TarHeader[]): AsyncGenerator<Buffer> {
  let out: Buffer[] = []
  let size = 0
  const parser = createTarParser({
    entry: header => {
      size = header.type === 'file' ? header.size : 0
      if (!timeHolds(header)) untouched.push(header)
      out.push(plainHeader({...header, size, mtime: secondsText(header.mtime)}))
    },
    data: chunk => out.push(chunk),
    hole: length => {
      for (const piece of zeros(length)) out.push(piece)
    },
    entryEnd: () => out.push(padding(size)),
  })
  for await (const piece of entries) {
    parser.feed(piece)
    const pieces = out
    out = []
    yield* pieces
  }
}

/** A directory, to be given its mode. */
type Directory = Pick<Entry, 'path' | 'mode'>

/**
 * What is left to do when all but the directories is unpacked. They come as a tarball of their own, since busybox makes some
 * links when it has read all. Then come the times that it does not set: of symbolic links, before 1970 and far ahead. Modes
 * come last: they may close directories.
 * @param tarball of the directories, deepest first
 */
export async function finishPlain(
  plain: PlainTar,
  transport: Transport,
  directory: string,
  {root, tar}: {readonly root: boolean; readonly tar: TarDialect},
  {tarball, directories}: {readonly tarball: Promise<Buffer>; readonly directories: readonly Directory[]},
  signal: AbortSignal,
): Promise<void> {
  const run = async (script: string, args: readonly string[], purpose: string, input: Buffer): Promise<void> => {
    if (input.length > 0) await runScript(transport, script, [directory, ...args], signal, {purpose, input})
  }

  const unpacked: Buffer[] = []
  for await (const bytes of plain.convert(once(await tarball))) unpacked.push(bytes)
  const end = unpacked.length === 0 ? [] : [Buffer.alloc(2 * BLOCK)]
  await run(tar.extract, [], 'set the directories on the lease', Buffer.concat([...unpacked, ...end]))
  const times = plain.untouched.map(({path, uid, gid, mtime}) => `${secondsText(mtime)}\0${uid}:${gid}\0./${path}\0`)
  await run(
    TOUCH,
    [root ? 'root' : 'user'],
    'set the times of what was unpacked',
    Buffer.from(times.join(''), 'latin1'),
  )
  if (root) return
  await run(SET_MODES, [], 'set the modes of directories', modesOf(directories))
}

/** Modes and paths, with a NUL after each, deepest first: a mode may close a directory. */
export function modesOf(directories: readonly Directory[]): Buffer {
  const deepestFirst = [...directories].sort((a, b) => (a.path < b.path ? 1 : -1))
  return Buffer.from(deepestFirst.map(({path, mode}) => `${mode.toString(8)}\0./${path}\0`).join(''), 'latin1')
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes
}

function timeHolds(header: TarHeader): boolean {
  const seconds = wholeSeconds(header.mtime)
  return header.type === 'hardlink' || (header.type !== 'symlink' && seconds >= 0 && seconds <= MAX_TIME)
}
