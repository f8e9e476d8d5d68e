import {providerError} from '../core/errors.js'
import type {Transport} from '../core/transport.js'
import {runScript} from '../transports/script.js'
import type {Entry} from './entry.js'
import type {HostTools} from './host.js'
import {pathList} from './path-list.js'
import {readable, type Stat} from './stat.js'

// Whatever the program is called, it prints a line for each file, with the hash before the name.
const HASH = `cd -- "$1" || exit 66
if command -v sha256sum >/dev/null; then exec xargs -0 sha256sum
elif command -v shasum >/dev/null; then exec xargs -0 shasum -a 256
else exec xargs -0 sha256 -r; fi`

/** Programs that read the staged files at the same time. */
const PARALLEL = 2

/**
 * Compares what was unpacked with the manifest: the listing for all entries, the bytes on the host's disk for the sent ones.
 * @throws {CrabboxError} `VERIFY_FAILED`
 */
export async function verifyStaged(
  transport: Transport,
  directory: string,
  staged: ReadonlyMap<string, Stat>,
  expected: readonly Entry[],
  sent: readonly Entry[],
  tools: HostTools,
  signal: AbortSignal,
): Promise<void> {
  for (const entry of expected) {
    const problem = difference(staged.get(entry.path), entry, tools)
    if (problem !== null) throw verifyFailed(`${readable(entry.path)} ${problem}`)
  }

  if (tools.sha256sum)
    await checkBytes(
      transport,
      directory,
      sent.filter(entry => entry.type === 'file' && entry.hardlink === ''),
      signal,
    )
}

function difference(stat: Stat | undefined, entry: Entry, tools: HostTools): string | null {
  if (stat === undefined) return 'is missing'
  if (stat.type !== entry.type) return `is a ${stat.type} instead of a ${entry.type}`
  if (entry.type === 'file' && stat.size !== entry.size) return `has ${stat.size} bytes instead of ${entry.size}`
  if (stat.target !== entry.target) return 'points elsewhere'
  if (!tools.tar.sameTime(stat.mtime, entry.mtime)) return `has the time ${stat.mtime} instead of ${entry.mtime}`
  // Only the superuser can give a file away, and whoever does not own a file cannot keep its set-id bits.
  const mask = tools.root ? 0o7777 : 0o777
  return entry.type !== 'symlink' && (stat.mode & mask) !== (entry.mode & mask)
    ? `has the mode ${stat.mode.toString(8)} instead of ${entry.mode.toString(8)}`
    : null
}

async function checkBytes(
  transport: Transport,
  directory: string,
  files: readonly Entry[],
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(
    divide(files).map(async share => {
      const input = pathList(share.map(entry => entry.path))
      const {stdout} = await runScript(transport, HASH, [directory], signal, {
        purpose: 'check what was unpacked',
        input,
      })
      const wrong = wrongHash(stdout.toString('latin1'), share)
      if (wrong !== null) throw verifyFailed(`${readable(wrong.path)} has other content`)
    }),
  )
}

/**
 * The first file whose hash is another one. Lines come in the order of the files; where a name in them is escaped, which
 * not every program does, a backslash stands before the hash.
 */
export function wrongHash(lines: string, files: readonly Entry[]): Entry | null {
  let at = 0
  for (const entry of files) {
    const escaped = lines[at] === '\\'
    const start = escaped ? at + 1 : at
    if (!lines.startsWith(entry.sha256, start)) return entry
    const name = `./${entry.path}`
    const shown = escaped ? name.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r') : name
    const gap = lines.startsWith('  ', start + 64) || lines.startsWith(' *', start + 64) ? 2 : 1
    const end = start + 64 + gap
    if (!lines.startsWith(`${shown}\n`, end)) return entry
    at = end + shown.length + 1
  }

  return null
}

/** Shares of about the same number of bytes. */
function divide(files: readonly Entry[]): Entry[][] {
  const shares = Array.from({length: PARALLEL}, () => ({bytes: 0, files: [] as Entry[]}))
  for (const file of files) {
    const smallest = shares.reduce((a, b) => (a.bytes <= b.bytes ? a : b))
    smallest.files.push(file)
    smallest.bytes += file.size + 4096
  }

  return shares.map(share => share.files).filter(share => share.length > 0)
}

/** The error for content that is not what it should be. */
export const verifyFailed = (what: string): Error =>
  providerError(
    'VERIFY_FAILED',
    `what arrived on the lease is not what was saved: ${what}; the workdir is as it was`,
    'Check the disk of the host, and try again.',
  )
