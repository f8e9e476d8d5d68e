import type {TarDialect} from './dialect/tar.js'
import type {Stat} from './stat.js'
import type {TarHeader} from './tar/header.js'

/**
 * Whether a file is not the one that was listed, or not as it was.
 * @param sameTime how far the host's tar can be trusted with times
 */
export function isOther(
  {type, size, mtime, changed, target}: TarHeader,
  listed: Stat,
  sameTime: TarDialect['sameTime'],
): boolean {
  if (type !== 'file' && type !== 'symlink') return false
  if (type === 'file' ? size !== listed.size : target !== listed.target) return true
  if (!sameTime(mtime, listed.mtime)) return true
  return changed !== '' && listed.ctime !== '' && changed !== listed.ctime
}

/** What was not what was listed when it was read is believed to be nothing later, under none of its names. */
export function withoutMoved(stats: readonly Stat[], moved: ReadonlySet<string>): Stat[] {
  const inodes = new Set(stats.filter(({path}) => moved.has(path)).map(({inode}) => inode))
  return stats.map(stat => (inodes.has(stat.inode) ? {...stat, ctime: ''} : stat))
}
