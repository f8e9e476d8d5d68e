import {providerError} from '../core/errors.js'
import type {Transport} from '../core/transport.js'
import type {Entry} from './entry.js'
import {hashFiles} from './hash-files.js'
import type {HostTools} from './host.js'
import {readable, type Stat} from './stat.js'

/**
 * Compares the listing of what was unpacked with the manifest.
 * @throws {CrabboxError} `VERIFY_FAILED`
 */
export function verifyListing(staged: readonly Stat[], expected: readonly Entry[], tools: HostTools): void {
  const byPath = new Map(staged.map(stat => [stat.path, stat]))
  for (const entry of expected) {
    const problem = differsFrom(byPath.get(entry.path), entry, tools)
    if (problem !== null) throw verifyFailed(`${readable(entry.path)} ${problem}`)
  }
}

/**
 * Has the host hash what was unpacked, and answers with a comparison of that with the manifest, which throws `VERIFY_FAILED`. A host
 * that cannot hash finds nothing wrong.
 * @param early hashes by path that are known already, if they are right
 */
export async function hashStaged(
  transport: Transport,
  directory: string,
  sent: readonly Entry[],
  tools: HostTools,
  early: Promise<ReadonlyMap<string, string>>,
  signal: AbortSignal,
): Promise<() => void> {
  const known = await early
  const wanted = (entry: Entry): boolean =>
    entry.type === 'file' && entry.hardlink === '' && known.get(entry.path) !== entry.sha256
  const files = tools.hashes ? sent.filter(wanted) : []
  const hashes = await hashFiles(transport, directory, files, 'mine', signal)
  return () => {
    const wrong = files.find((file, i) => hashes[i] !== file.sha256)
    if (wrong !== undefined) throw verifyFailed(`${readable(wrong.path)} has other content`)
  }
}

/** Whether a file looks as the manifest says, as far as a listing tells. */
export const looksLike = (stat: Stat | undefined, entry: Entry, tools: HostTools): boolean =>
  differsFrom(stat, entry, tools) === null

/** What of a file is not as the manifest says, as far as a listing tells; for people. Null: nothing. */
export function differsFrom(stat: Stat | undefined, entry: Entry, tools: HostTools): string | null {
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

/** The error for content that is not what it should be. */
export const verifyFailed = (what: string): Error =>
  providerError(
    'VERIFY_FAILED',
    `what arrived on the lease is not what was saved: ${what}; the workdir is as it was`,
    'Check the disk of the host, and try again.',
  )
