import type {Stat, StatType} from './stat.js'

/** Fields of a stat, in the order in which they are written. */
const FIELDS = 11

/** Stats as text: fields that end in NUL, which no file name holds. An order of magnitude faster than JSON. */
export function serializeStats(stats: readonly Stat[]): string {
  let text = ''
  for (const s of stats) {
    text += `${s.path}\0${s.type}\0${s.mode}\0${s.uid}\0${s.gid}\0${s.size}\0${s.mtime}\0${s.ctime}\0${s.inode}\0${s.links}\0${s.target}\0`
  }

  return text
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
