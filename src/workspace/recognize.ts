import type {Baseline} from './baseline-text.js'
import {compareWithBaseline} from './compare.js'
import {sameEntry, type Entry, type Tree} from './entry.js'
import type {HostTools} from './host.js'
import type {Manifest} from './manifest.js'
import type {Place} from './place.js'
import {readOnHost, worthReading} from './read-on-host.js'
import type {Stat} from './stat.js'
import {looksLike} from './verify.js'

/** What a workdir was last equal to. */
export interface Last {
  readonly baseline: Baseline
  readonly tree: Tree
}

/** What is known of what is in a workdir. */
export interface Known {
  /** Entries that are there, by path. */
  readonly same: ReadonlyMap<string, Entry>
  /** How these looked, and in which checkpoint they are. */
  readonly baseline: Baseline | null
}

/**
 * Finds what a workdir has of a checkpoint, also where no baseline speaks for it: another client saved it, or its files were copied
 * over. The host hashes what looks right.
 * @param kept the workdir as it is, without what is left out of checkpoints
 */
export async function recognize(
  place: Place,
  kept: readonly Stat[],
  {id, tree}: Pick<Manifest, 'id' | 'tree'>,
  last: Last | null,
): Promise<Known> {
  const baseline = last?.baseline ?? null
  const {same} = compareWithBaseline(kept, baseline, last?.tree ?? new Map())
  const isThere = ({path}: Stat): boolean => {
    const [there, wanted] = [same.get(path), tree.get(path)]
    return there !== undefined && wanted !== undefined && sameEntry(there, wanted)
  }
  const unknown = kept.filter(stat => !isThere(stat))
  const candidates = worthReading(unknown) ? candidatesAmong(unknown, kept, tree, place.tools) : []
  const found = await readOnHost(place, candidates, ({path}, sha256) => {
    const entry = tree.get(path)
    return entry !== undefined && entry.sha256 === (sha256 ?? '') ? entry : null
  })
  if (found.length === 0) return {same, baseline}
  const recognized = new Set(found.map(({stat}) => stat.path))
  // Another name of a file is known to the last baseline alone, which does not count any more.
  const loose = new Set(unknown.filter(({path}) => !recognized.has(path)).map(({inode}) => inode))
  const there = kept.filter(stat => recognized.has(stat.path) || (isThere(stat) && !loose.has(stat.inode)))
  const stats = new Map(there.map(stat => [stat.path, stat]))
  return {same: new Map([...tree].filter(([path]) => stats.has(path))), baseline: {checkpoint: id, stats}}
}

/** What may be as the checkpoint has it, as far as a listing tells. Names of one file are left to those who know of all of them. */
function candidatesAmong(stats: readonly Stat[], kept: readonly Stat[], tree: Tree, tools: HostTools): readonly Stat[] {
  const linked = new Set([...tree.values()].map(({hardlink}) => hardlink).filter(path => path !== ''))
  const names = new Map<string, number>()
  for (const {inode} of kept) names.set(inode, (names.get(inode) ?? 0) + 1)
  const ours = kept[0]
  // Of what is sent, other users than root own what they write, and its group is theirs or that of the directory.
  const owned = ({uid, gid}: Stat, entry: Entry): boolean =>
    tools.root ? uid === entry.uid && gid === entry.gid : uid === ours?.uid && (gid === entry.gid || gid === ours.gid)
  return stats.filter(stat => {
    const entry = tree.get(stat.path)
    if (entry === undefined || stat.ctime === '' || names.get(stat.inode) !== 1) return false
    if (entry.hardlink !== '' || linked.has(entry.path) || entry.attributes !== '') return false
    // What is shorter in its layer than it is has holes there.
    if (entry.type === 'fifo' || (entry.type === 'file' && entry.length <= entry.size)) return false
    const sameMode = entry.type === 'symlink' || stat.mode === entry.mode
    return sameMode && looksLike(stat, entry, tools) && owned(stat, entry)
  })
}
