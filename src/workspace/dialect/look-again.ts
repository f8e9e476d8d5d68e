import type {Transport} from '../../core/transport.js'
import {listPaths} from '../listing.js'
import {readable, type Stat} from '../stat.js'
import {cannotRead, named} from '../tar-complaints.js'

/** What happened to files while they were read. Names are for people. */
export interface Moved {
  readonly changed: readonly string[]
  readonly vanished: readonly string[]
}

/**
 * Lists files again that were read by a tar whose complaints nobody can rely on. A file that changed or went away meanwhile
 * is life. One that did not come although it is there could not be read.
 * @param missing files that did not come, as people read them
 * @throws {CrabboxError} `FILE_UNREADABLE`
 */
export async function lookAgain(
  transport: Transport,
  root: string,
  stats: readonly Stat[],
  missing: ReadonlySet<string>,
  errors: string,
  signal: AbortSignal,
): Promise<Moved> {
  const paths = stats.map(stat => stat.path)
  const now = new Map((await listPaths(transport, root, paths, 'alone', signal)).map(stat => [stat.path, stat]))
  const lost = stats.filter(stat => missing.has(readable(stat.path)))
  const unreadable = lost.filter(stat => now.get(stat.path)?.type === stat.type)
  if (unreadable.length > 0) {
    const names = unreadable.map(stat => readable(stat.path))
    throw cannotRead(names, errors.trim().split('\n')[0])
  }

  const came = stats.filter(stat => !missing.has(readable(stat.path)))
  return {
    changed: came
      .filter(stat => stat.type === 'file' && moved(stat, now.get(stat.path)))
      .map(stat => readable(stat.path)),
    vanished: lost.map(stat => readable(stat.path)),
  }
}

export const warningsOf = ({changed, vanished}: Moved): string[] => [
  ...named('changed while it was read', changed),
  ...named('vanished before it was read', vanished),
]

/** A change time that was too fresh before cannot be told from a later one. */
const moved = (then: Stat, now: Stat | undefined): boolean =>
  now !== undefined &&
  (now.size !== then.size || now.mtime !== then.mtime || (then.ctime !== '' && now.ctime !== then.ctime))
