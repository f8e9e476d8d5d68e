import type {Transport} from '../core/transport.js'
import {runScript} from '../transports/script.js'
import {pathList} from './path-list.js'

// Whatever the program is called, it prints a line for each file, with the hash before the name.
const HASH = `cd -- "$1" || exit 66
if command -v sha256sum >/dev/null; then exec xargs -0 sha256sum
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
    const name = `./${path}`
    const shown = escaped ? name.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r') : name
    const gap = lines.startsWith('  ', start + 64) || lines.startsWith(' *', start + 64) ? 2 : 1
    const end = start + 64 + gap
    if (!lines.startsWith(`${shown}\n`, end)) break
    hashes.push(lines.slice(start, start + 64))
    at = end + shown.length + 1
  }

  return hashes
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
