import {allEnded} from '../core/all-ended.js'
import {CrabboxError} from '../core/errors.js'
import {looksUntouched} from './baseline.js'
import {hashFiles} from './hash-files.js'
import {listPaths} from './listing.js'
import type {Place} from './place.js'
import {plainFiles} from './plain-files.js'
import type {Stat} from './stat.js'

/** Bytes from which on it is worth to ask a host what is in its files. */
const WORTH_ASKING = 4 << 20

/** Whether there is enough in files to ask a host what it is, instead of sending it. */
export const worthReading = (stats: readonly Stat[]): boolean =>
  stats.reduce((sum, {type, size}) => sum + (type === 'file' ? size : 0), 0) >= WORTH_ASKING

/** Something on the host, and what it was found to be. */
export interface Recognized<T> {
  readonly stat: Stat
  readonly as: T
}

/**
 * Has a host tell what is in its files, without sending them. What is touched meanwhile is not recognized, and neither is what has extended
 * attributes or holes, of which a listing does not tell; on a host that cannot tell, or has next to nothing to read, nothing is.
 * @param candidates as they were listed
 * @param choose what a candidate is, by the SHA-256 of a file in hex, which is null for other types and what cannot be read. Null: unknown
 */
export async function readOnHost<T>(
  {transport, root, tools, signal}: Place,
  candidates: readonly Stat[],
  choose: (stat: Stat, sha256: string | null) => T | null,
): Promise<readonly Recognized<T>[]> {
  if (!tools.hashes || !worthReading(candidates)) return []
  const files = candidates.filter(({type}) => type === 'file')
  try {
    const [hashes, plain] = await allEnded([
      hashFiles(transport, root, files, 'live', signal),
      plainFiles(transport, root, candidates.map(bodySize), tools.tar, signal),
    ])
    const hashOf = new Map(files.map(({path}, i) => [path, hashes[i] ?? null]))
    const found = candidates.flatMap((stat, i) => {
      const as = plain[i] === true ? choose(stat, hashOf.get(stat.path) ?? null) : null
      return as === null ? [] : [{stat, as}]
    })
    const paths = found.map(({stat}) => stat.path)
    const now = new Map((await listPaths(transport, root, paths, 'alone', signal)).map(stat => [stat.path, stat]))
    return found.filter(({stat}) => looksUntouched(now.get(stat.path) ?? {...stat, ctime: ''}, stat))
  } catch (error) {
    // Whoever does without has the words for what is wrong with the host.
    if (error instanceof CrabboxError && error.code === 'HOST_COMMAND_FAILED') return []
    throw error
  }
}

/** An archive has a body for files alone. */
const bodySize = (stat: Stat): Stat => (stat.type === 'file' ? stat : {...stat, size: 0})
