import type {TarDialect} from '../workspace/dialect/tar.js'
import {parentOf, type Stat} from '../workspace/stat.js'
import type {LocalFile} from './checkout-files.js'
import type {Synced} from './synced.js'

export interface SyncPlan {
  readonly send: readonly LocalFile[]
  /** Paths on the lease, UTF-8. */
  readonly remove: readonly string[]
}

/**
 * What a sync has to do.
 * @param stats the lease's workdir
 * @param before what earlier syncs brought
 * @param sameTime whether a file of the lease has the time of one here
 */
export function planSync(
  files: readonly LocalFile[],
  stats: readonly Stat[],
  before: Synced,
  sameTime: TarDialect['sameTime'],
): SyncPlan {
  const there = new Map(stats.map(stat => [utf8(stat.path), stat]))
  const wanted = new Set(files.map(file => file.path))
  const send = files.filter(file => touched(file, before) || differs(file, there.get(file.path), sameTime))
  const stale = [...before.keys()].filter(
    path => !wanted.has(path) && there.has(path) && there.get(path)?.type !== 'directory',
  )
  return {send, remove: [...new Set([...stale, ...obstacles(send, there)])]}
}

/** Whether a file was written to since it was sent, whatever became of its time and its size. */
const touched = ({path, changed}: LocalFile, before: Synced): boolean =>
  (before.get(path) ?? '') !== '' && before.get(path) !== changed

/** Git keeps the executable bit of a mode and nothing else, and so does this comparison. */
function differs(file: LocalFile, stat: Stat | undefined, sameTime: TarDialect['sameTime']): boolean {
  if (stat === undefined || stat.type !== file.type) return true
  if (file.type === 'symlink') return utf8(stat.target) !== file.target
  return stat.size !== file.size || !sameTime(stat.mtime, file.mtime) || (stat.mode & 0o100) !== (file.mode & 0o100)
}

/** What lies where a file or its directories must be; a link among them would lead the file elsewhere. */
function obstacles(send: readonly LocalFile[], there: ReadonlyMap<string, Stat>): Set<string> {
  const found = new Set<string>()
  for (const file of send) {
    const stat = there.get(file.path)
    if (stat !== undefined && stat.type !== file.type) found.add(file.path)
    for (let path = parentOf(file.path); path !== ''; path = parentOf(path)) {
      const holder = there.get(path)
      if (holder !== undefined && holder.type !== 'directory') found.add(path)
    }
  }

  return found
}

const utf8 = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8')
