import type {Stat} from './stat.js'

/** What a restore takes over: files that get a further name in the new content, which moves their change times. */
export interface Taken {
  /** Paths that had been written to by then, since the workdir was listed. */
  readonly written: ReadonlySet<string>
  /** When all names were made, as the file system tells it; empty where the host does not say. */
  readonly at: string
  /** What is sent instead. */
  readonly sent: ReadonlySet<string>
}

/**
 * Tells of files that a swap moves whether somebody wrote into them while it was prepared. What keeps its size and its time leaves a trace in its
 * change time alone, which the restore itself moves: so it is noted by when it has done so.
 */
export interface Witness {
  readonly taken: (taken: Taken) => void
  /** How the new content looked before it was swapped in. */
  readonly checked: (stats: readonly Stat[]) => void
  /** Whether a file is as it was listed, or sent, for all that its change time tells. Everything else is. */
  readonly vouches: (stat: Stat) => boolean
  /** Whether a file is in the new content, too. */
  readonly shared: (stat: Stat) => boolean
}

export function newWitness(): Witness {
  let taken: Taken = {written: new Set(), at: '', sent: new Set()}
  let staged = new Map<string, Stat & {readonly sent: boolean; readonly written: boolean}>()
  return {
    taken: what => (taken = what),
    checked: stats => {
      const {sent, written} = taken
      const files = stats.filter(({type}) => type !== 'directory')
      staged = new Map(
        files.map(stat => [stat.inode, {...stat, sent: sent.has(stat.path), written: written.has(stat.path)}]),
      )
    },
    shared: ({inode}) => staged.has(inode),
    vouches: ({path, type, inode, ctime, links}) => {
      if (type === 'directory') return true
      const then = staged.get(inode)
      if (then === undefined) return !taken.written.has(path) && !isLater(ctime, taken.at)
      // What was kept before is removed by the swap, with further names of the same files.
      const dropped = links < then.links
      if (then.written || (!dropped && [then.ctime, ctime].every(time => time !== '') && then.ctime !== ctime))
        return false
      // Too fresh to be told then, it has stayed what it is now.
      const last = then.ctime === '' && !dropped ? ctime : then.ctime
      return then.sent || !isLater(last, taken.at)
    },
  }
}

/** The newest change time of a listing; empty where it has none. */
export const newestIn = (stats: readonly Stat[]): string =>
  stats.reduce((newest, {ctime}) => (newest === '' || isLater(ctime, newest) ? ctime : newest), '')

/** Both have nine decimals, or are empty: then nobody knows. */
const isLater = (a: string, b: string): boolean => b !== '' && (a.length === b.length ? a > b : a.length > b.length)
