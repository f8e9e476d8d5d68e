import type {Transport} from '../core/transport.js'
import {runScript} from '../transports/script.js'
import {pathList} from './path-list.js'

/** A condition of `sh`: there is an OpenSSL that knows the hash of no bytes, and prints it as coreutils do. */
export const OPENSSL_HASHES =
  '[ "$(openssl dgst -sha256 -r </dev/null 2>/dev/null | cut -c 1-64)" = e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 ]'

/**
 * Parameters: a directory, `mine` or `live`, for how many files at the most a program is started. Input: paths. Prints a line for each that
 * is a file, with its SHA-256 before its name.
 */
// Whatever the program is called, it prints a line for each file, with the hash before the name. OpenSSL uses what the processor has for
// it, which many a sha256sum does not: it takes a quarter of the time. What others may change meanwhile is looked at before it is opened: a
// pipe would be waited for. xargs tells with 123 of files that could not be read; their lines are missing.
export const HASH = `cd -- "$1" || exit 66
files() {
  if [ "$2" = mine ]; then cat
  else xargs -0 sh -c 'for file; do if [ -f "$file" ] && [ ! -L "$file" ]; then printf "%s\\0" "$file"; fi; done' sh; fi
}
hash() {
  if ${OPENSSL_HASHES}; then set -- "$1" openssl dgst -sha256 -r
  elif command -v sha256sum >/dev/null; then set -- "$1" sha256sum
  elif command -v shasum >/dev/null; then set -- "$1" shasum -a 256
  else set -- "$1" sha256 -r; fi
  xargs -0 -n "$@"
}
files "$@" | hash "$3" || [ $? -eq 123 ]`

/** As many as a command line bears. */
const ALL_AT_ONCE = '100000'

/** Programs that read the staged files at the same time. */
const PARALLEL = 2

/** A file, as far as hashing is concerned. */
export interface Hashable {
  readonly path: string
  readonly size: number
}

/**
 * The SHA-256 of files on a host, hex, in their order; null for one that cannot be read, or is none.
 * @param whose `mine`: nobody else changes what is there; `live`: somebody may
 * @throws {CrabboxError} `HOST_COMMAND_FAILED` when the host cannot hash
 */
export async function hashFiles(
  transport: Transport,
  directory: string,
  files: readonly Hashable[],
  whose: 'mine' | 'live',
  signal: AbortSignal,
): Promise<readonly (string | null)[]> {
  const found: (string | null)[] = files.map(() => null)
  await Promise.all(
    divide(files).map(async share => {
      const paths = share.map(i => files[i]?.path ?? '')
      const {stdout} = await runScript(transport, HASH, [directory, whose, ALL_AT_ONCE], signal, {
        purpose: 'hash files',
        input: pathList(paths),
      })
      for (const [n, hash] of hashesIn(stdout.toString('latin1'), paths).entries()) found[share[n] ?? -1] = hash
    }),
  )
  return found
}

/**
 * The hashes of files in what a program printed, a line for each that it could read, in their order. Where a name in it is escaped,
 * which not every program does, a backslash stands before the hash.
 */
export function hashesIn(lines: string, paths: readonly string[]): (string | null)[] {
  let at = 0
  return paths.map(path => {
    const escaped = lines[at] === '\\'
    const start = escaped ? at + 1 : at
    const gap = lines.startsWith('  ', start + 64) || lines.startsWith(' *', start + 64) ? 2 : 1
    const end = start + 64 + gap
    const shown = spellings(`./${path}`, escaped).find(name => lines.startsWith(`${name}\n`, end))
    if (shown === undefined) return null
    at = end + shown.length + 1
    return lines.slice(start, start + 64)
  })
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
