import type {RestoreResult} from '../../core/restore.js'
import {looksUntouched} from '../../workspace/baseline.js'
import type {Baseline} from '../../workspace/baseline-text.js'
import {selectStats} from '../../workspace/excludes.js'
import {readable, type Stat} from '../../workspace/stat.js'

/**
 * What a restore changes. A file counts as unchanged only where it was equal to what was saved and nobody has touched it since.
 * @param present the directory as it is; empty where it does not exist
 * @param baseline how it looked when it was last equal to what was saved; null: never, as far as is known
 */
export function compareWithSaved(
  saved: readonly Stat[],
  present: readonly Stat[],
  baseline: Baseline | null,
): RestoreResult {
  const {kept, excluded} = selectStats(present, [])
  const paths = new Set(saved.map(({path}) => path))
  const untouched = new Set(
    kept.filter(stat => looksUntouched(stat, baseline?.stats.get(stat.path))).map(({path}) => path),
  )
  const sent = saved.filter(({path}) => !untouched.has(path))
  const gone = kept.filter(({path}) => !paths.has(path) && !excluded.some(one => one.path.startsWith(`${path}/`)))
  return {
    sent: sent.map(({path}) => readable(path)),
    removed: gone.map(({path}) => readable(path)),
    sentBytes: bytesOf(sent),
    unchanged: saved.length - sent.length,
  }
}

/** A file counts once, whatever names it has. */
const bytesOf = (stats: readonly Stat[]): number =>
  [...new Map(stats.filter(({type}) => type === 'file').map(stat => [stat.inode, stat.size])).values()].reduce(
    (sum, size) => sum + size,
    0,
  )
