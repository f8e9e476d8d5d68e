import type {Transport} from '../../core/transport.js'
import {runScript} from '../../transports/script.js'
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

// For other users than root, busybox leaves the directory alone that it unpacks into.
const SET_MODE = 'chmod -- "$2" "$1"'

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

/**
 * What is left to do when all but the directories is unpacked. They come as a tarball of their own, since busybox makes some
 * links when it has read all. Then come the times that it does not set: of symbolic links, before 1970 and far ahead.
 * @param directories their entries, deepest first
 * @param mode of the directory that they are in, where it is one of them
 */
export async function finishPlain(
  plain: PlainTar,
  transport: Transport,
  directory: string,
  {root, tar}: {readonly root: boolean; readonly tar: TarDialect},
  directories: Promise<Buffer>,
  mode: number | undefined,
  signal: AbortSignal,
): Promise<void> {
  const input: Buffer[] = []
  for await (const bytes of plain.convert(once(await directories))) input.push(bytes)
  if (input.length > 0)
    await runScript(transport, tar.extract, [directory], signal, {
      purpose: 'set the directories on the lease',
      input: Buffer.concat([...input, Buffer.alloc(2 * BLOCK)]),
    })
  if (mode !== undefined && !root)
    await runScript(transport, SET_MODE, [directory, mode.toString(8)], signal, {
      purpose: 'set the mode of the workdir',
    })
  if (plain.untouched.length === 0) return
  const rows = plain.untouched.map(({path, uid, gid, mtime}) => `${secondsText(mtime)}\0${uid}:${gid}\0./${path}\0`)
  await runScript(transport, TOUCH, [directory, root ? 'root' : 'user'], signal, {
    purpose: 'set the times of what was unpacked',
    input: Buffer.from(rows.join(''), 'latin1'),
  })
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes
}

function timeHolds(header: TarHeader): boolean {
  const seconds = wholeSeconds(header.mtime)
  return header.type === 'hardlink' || (header.type !== 'symlink' && seconds >= 0 && seconds <= MAX_TIME)
}
