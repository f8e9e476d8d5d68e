import type {Stat, StatType} from './stat.js'

/** Fields of a stat, in the order in which they are written. */
const FIELDS = 11

/** Stats as text: fields that end in NUL, which no file name holds. An order of magnitude faster than JSON. */
export function serializeStats(stats: readonly Stat[]): string {
  // Joined, the text is one piece of memory from the start; added up, it would be half a million small ones.
  const rows = stats.map(s =>
    [s.path, s.type, s.mode, s.uid, s.gid, s.size, s.mtime, s.ctime, s.inode, s.links, s.target].join('\0'),
  )
  return rows.length === 0 ? '' : `${rows.join('\0')}\0`
}

/** Null for a text that is cut off. */
export function parseStats(text: string): Stat[] | null {
  const fields = text.split('\0')
  if (fields.length % FIELDS !== 1) return null
  const stats: Stat[] = []
  for (let i = 0; i + FIELDS < fields.length; i += FIELDS) {
    const field = (n: number): string => fields[i + n] ?? ''
    stats.push({
      path: field(0),
      type: field(1) as StatType,
      mode: Number(field(2)),
      uid: Number(field(3)),
      gid: Number(field(4)),
      size: Number(field(5)),
      mtime: field(6),
      ctime: field(7),
      inode: field(8),
      links: Number(field(9)),
      target: field(10),
    })
  }

  return stats
}
