import type {Stat, StatType} from '../stat.js'
import {kernelTime, printedTime, timeInMs} from '../time.js'

/** What a listing by `stat` tells, before it is told which times are too fresh. */
export interface StatListing {
  /** The host's clock when the listing began, in milliseconds. */
  readonly now: number
  /** Change times are all there. */
  readonly stats: readonly Stat[]
  /** Whether it breaks off in the middle of what it says. */
  readonly broken: boolean
}

/** `c`: the stat of busybox and GNU. `f`: the stat of the BSDs. */
export type StatFlavour = 'c' | 'f'

/** The file type in the upper bits of a mode. */
const TYPES: Readonly<Record<number, StatType>> = {
  0x8: 'file',
  0x4: 'directory',
  0xa: 'symlink',
  0x1: 'fifo',
  0xc: 'socket',
}

/**
 * Parses what a listing script printed after its first field: the clock, and then for each call of find all files, and the
 * targets of the links among them. A link without a target went away in between, and is left out.
 */
export function parseStatListing(flavour: StatFlavour, fields: readonly string[]): StatListing {
  const stats: Stat[] = []
  // All that the script prints ends with a NUL.
  let broken = fields.length < 3 || fields.at(-1) !== ''
  for (let at = 1; at < fields.length;) {
    const records = (fields[at] ?? '').split('//')
    at += 1
    if (records.length % 2 === 0 || !['', '\n'].includes(records.at(-1) ?? '')) broken = true
    const targets = new Map<string, string>()
    for (; at + 1 < fields.length && fields[at] !== ''; at += 2)
      targets.set(relative(fields[at] ?? ''), (fields[at + 1] ?? '').replace(/\n$/, ''))
    // A target stands before the end of what the script prints.
    if (targets.size > 0 && at >= fields.length) broken = true
    at += 1
    for (let i = 0; i + 1 < records.length; i += 2) {
      // What a record follows on is the newline that stat itself prints.
      const path = relative((records[i] ?? '').replace(i === 0 ? '' : /^\n/, ''))
      const stat = parseRecord(flavour, path, (records[i + 1] ?? '').split(' '))
      const target = targets.get(path)
      if (stat.type !== 'symlink') stats.push(stat)
      else if (target !== undefined) stats.push({...stat, target, size: target.length})
    }
  }

  return {broken, now: timeInMs(clock(flavour, (fields[0] ?? '').split(' '))), stats}
}

function parseRecord(flavour: StatFlavour, path: string, fields: readonly string[]): Stat {
  const field = (n: number): string => fields[n] ?? ''
  const mode = Number.parseInt(field(0), 16)
  const type = TYPES[mode >> 12] ?? 'device'
  const c = flavour === 'c'
  return {
    path,
    type,
    mode: mode & 0o7777,
    uid: Number(field(1)),
    gid: Number(field(2)),
    size: type === 'file' ? Number(field(3)) : 0,
    mtime: c ? epoch(field(4), field(6)) : printedTime(field(4)),
    ctime: c ? epoch(field(13), field(9)) : printedTime(field(5)),
    inode: field(c ? 11 : 6),
    links: Number(field(c ? 12 : 7)),
    target: '',
  }
}

const clock = (flavour: StatFlavour, fields: readonly string[]): string =>
  flavour === 'c' ? epoch(fields[0] ?? '0', fields[2] ?? '') : printedTime(fields[0] ?? '0')

/** Seconds since 1970 as a number, and the same time of day with a fraction, which alone has the nanoseconds. */
const epoch = (seconds: string, timeOfDay: string): string => kernelTime(seconds, timeOfDay.split('.')[1] ?? '')

const relative = (path: string): string => path.replace(/^\.\/*/, '')
