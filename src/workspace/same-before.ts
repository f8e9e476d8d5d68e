import {inOrder} from './in-order.js'
import {isFresh, TYPES} from './listed-fields.js'
import type {Stat} from './stat.js'
import {printedTime} from './time.js'

/** Gives out how a file looked before, where its record in a listing of GNU find says the same again. */
export type SameBefore = (fields: readonly string[], at: number, now: number) => Stat | undefined

/**
 * Most files of a workdir look as they did. Objects that have been there for a while cost the garbage collector nothing, and a comparison
 * that meets the same object need not look further.
 */
export function sameBefore(known: ReadonlyMap<string, Stat>): SameBefore {
  const find = inOrder(known)
  return (fields, at, now) => {
    const field = (n: number): string => fields[at + n] ?? ''
    const stat = find(field(0))
    return stat !== undefined && isSame(stat, field) && !isFresh(stat.ctime, now) ? stat : undefined
  }
}

function isSame(stat: Stat, field: (n: number) => string): boolean {
  if (field(8) !== stat.inode || !isTime(field(7), stat.ctime) || !isTime(field(6), stat.mtime)) return false
  if (TYPES[field(1)] !== stat.type || Number.parseInt(field(2), 8) !== stat.mode || field(10) !== stat.target)
    return false
  if (Number(field(3)) !== stat.uid || Number(field(4)) !== stat.gid || Number(field(9)) !== stat.links) return false
  return Number(field(5)) === stat.size || (stat.type !== 'file' && stat.type !== 'symlink')
}

/** find prints ten digits, of which the last says nothing. */
const isTime = (printed: string, time: string): boolean =>
  (printed.length === time.length + 1 && printed.startsWith(time) && !time.startsWith('-')) ||
  printedTime(printed) === time
