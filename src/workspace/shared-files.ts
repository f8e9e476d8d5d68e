import type {Baseline} from './baseline-text.js'
import type {Manifest} from './manifest.js'
import type {Stat} from './stat.js'

/**
 * What a kept tree shares with the workdir, for where nobody has noted how it looked when the restore had ended: the process was killed, or its
 * connection lost, before that. A file that is one under both names was equal to the checkpoint when that was restored, and as nothing
 * tells whether it still is, all of them count as touched.
 * @param replacedBy what was restored
 * @returns null where nothing is shared
 */
export function sharedWith(live: readonly Stat[], kept: readonly Stat[], replacedBy: Manifest): Baseline | null {
  const inodes = new Map(live.map(({path, inode}) => [path, inode]))
  const shared = kept.filter(
    ({type, path, inode}) => type === 'file' && inodes.get(path) === inode && replacedBy.tree.has(path),
  )
  if (shared.length === 0) return null
  return {checkpoint: replacedBy.id, stats: new Map(shared.map(stat => [stat.path, {...stat, ctime: ''}]))}
}
