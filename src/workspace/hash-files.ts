import type {Transport} from '../core/transport.js'
import {runScript} from '../transports/script.js'
import {pathList} from './path-list.js'

/** Of no bytes at all: a program that knows it can hash. */
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

// Whatever the program is called, it prints a line for each file, with the hash before the name. OpenSSL uses what the processor has for
// it, which many a sha256sum does not: it takes a quarter of the time.
const HASH = `cd -- "$1" || exit 66
if [ "$(openssl dgst -sha256 -r </dev/null 2>/dev/null | cut -c 1-64)" = ${EMPTY} ]; then exec xargs -0 openssl dgst -sha256 -r
elif command -v sha256sum >/dev/null; then exec xargs -0 sha256sum
elif command -v shasum >/dev/null; then exec xargs -0 shasum -a 256
else exec xargs -0 sha256 -r; fi`

/** Programs that read the staged files at the same time. */
const PARALLEL = 2

/** A file, as far as hashing is concerned. */
export interface Hashable {
  readonly path: string
  readonly size: number
}

/**
 * The SHA-256 of files on a host, hex, in their order; null where there is no answer that can be believed.
 * @param purpose what for, in the words of an error message
 * @throws {CrabboxError} `HOST_COMMAND_FAILED` when one of them cannot be read
 */
export async function hashFiles(
  transport: Transport,
  directory: string,
  files: readonly Hashable[],
  purpose: string,
  signal: AbortSignal,
): Promise<readonly (string | null)[]> {
  const found: (string | null)[] = files.map(() => null)
  await Promise.all(
    divide(files).map(async share => {
      const paths = share.map(i => files[i]?.path ?? '')
      const {stdout} = await runScript(transport, HASH, [directory], signal, {purpose, input: pathList(paths)})
      for (const [n, hash] of hashesIn(stdout.toString('latin1'), paths).entries()) found[share[n] ?? -1] = hash
    }),
  )
  return found
}

/**
 * The hashes of files in what a program printed, up to the first line that is not that of the next file. Where a name in it is
 * escaped, which not every program does, a backslash stands before the hash.
 */
export function hashesIn(lines: string, paths: readonly string[]): string[] {
  const hashes: string[] = []
  let at = 0
  for (const path of paths) {
    const escaped = lines[at] === '\\'
    const start = escaped ? at + 1 : at
    const gap = lines.startsWith('  ', start + 64) || lines.startsWith(' *', start + 64) ? 2 : 1
    const end = start + 64 + gap
    const shown = spellings(`./${path}`, escaped).find(name => lines.startsWith(`${name}\n`, end))
    if (shown === undefined) break
    hashes.push(lines.slice(start, start + 64))
    at = end + shown.length + 1
  }

  return hashes
}

/** How programs write a name: coreutils escapes backslashes and both ends of lines, OpenSSL newlines alone. */
function spellings(name: string, escaped: boolean): readonly string[] {
  if (!escaped) return [name]
  const newlines = name.replaceAll('\n', '\\n')
  return [name.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r'), newlines]
}

/** Shares of about the same number of bytes, as places in the list. */
function divide(files: readonly Hashable[]): number[][] {
  const shares = Array.from({length: PARALLEL}, () => ({bytes: 0, places: [] as number[]}))
  for (const [place, {size}] of files.entries()) {
    const smallest = shares.reduce((a, b) => (a.bytes <= b.bytes ? a : b))
    smallest.places.push(place)
    smallest.bytes += size + 4096
  }

  return shares.map(share => share.places).filter(places => places.length > 0)
}
