import {parseStatListing, type StatFlavour} from './dialect/stat-listing.js'
import {GNU_FIELDS} from './list-script.js'
import {isFresh, mappedIn, TYPES} from './listed-fields.js'
import {listingCheck, type Extent} from './listing-check.js'
import {sameBefore} from './same-before.js'
import {readable, type Stat} from './stat.js'
import {printedTime} from './time.js'

/** All that is in a directory, in the host's own order: a directory stands before what it holds. */
export interface Listing {
  readonly stats: readonly Stat[]
  readonly warnings: readonly string[]
}

/** Parses what the listing script prints. */
export interface ListingParser {
  /** Takes bytes of any length. */
  readonly feed: (chunk: Buffer) => void
  readonly finish: () => Listing
  /** Once it is finished: why what came is no whole listing; null where it may be one. */
  readonly fault: () => string | null
}

const NOTHING: ReadonlyMap<string, Stat> = new Map()

/**
 * A parser that works while the listing still comes: a host needs as long to make it as it takes to be read.
 * @param known how it looked before. What still looks so is what it was, the very object
 * @param extent what is to be in it. Default: a tree
 */
export function listingParser(known: ReadonlyMap<string, Stat> = NOTHING, extent: Extent = 'tree'): ListingParser {
  const stats: Stat[] = []
  const others = otherDevices()
  const held: Buffer[] = []
  const check = listingCheck(extent, () => held.length > 0)
  const add = (stat: Stat, kind?: string): void => {
    check.look(stat, kind)
    others.look(stat)
    stats.push(mapped.has(stat.inode.slice(stat.inode.indexOf(':') + 1)) ? {...stat, ctime: ''} : stat)
  }
  const before = sameBefore(known)
  let fields: string[] = []
  let rest = ''
  let now: number | null = null
  let mapped: ReadonlySet<string> = new Set()
  let halved = false
  const parseRecords = (): void => {
    // A date that knows seconds only leaves the rest as it was asked for it, and a second that is rounded down trusts no more.
    if (now === null) {
      const clock = fields.shift() ?? ''
      now = Number.parseFloat(clock) * 1000
      mapped = mappedIn(clock)
    }

    let at = 0
    for (; at + GNU_FIELDS <= fields.length; at += GNU_FIELDS)
      add(before(fields, at, now) ?? parseStat(fields, at, now), fields[at + 1])
    fields = fields.slice(at)
  }

  return {
    feed: chunk => {
      // What stat has made comes apart only when all of it is there: the targets of links come last.
      if (held.length > 0 || (now === null && rest === '' && isByStat(chunk))) {
        held.push(chunk)
        return
      }

      const pieces = (rest + chunk.toString('latin1')).split('\0')
      rest = pieces.pop() ?? ''
      fields = fields.length === 0 ? pieces : fields.concat(pieces)
      if (fields.length > 0) parseRecords()
    },
    finish: () => {
      if (held.length > 0) {
        const [flavour, ...parts] = Buffer.concat(held).toString('latin1').split('\0')
        const {now: clock, stats: found, broken} = parseStatListing(flavour as StatFlavour, parts)
        now = clock
        mapped = mappedIn(parts[0] ?? '')
        halved = broken
        for (const stat of found) add({...stat, ctime: unlessFresh(stat.ctime, clock)})
      }

      return {stats, warnings: others.warnings}
    },
    fault: () =>
      Number.isNaN(now)
        ? 'it does not say when it was made'
        : check.fault(held.length > 0 ? Number(halved) : fields.length + rest.length),
  }
}

/** Whether a listing begins as those do that stat has made: with a letter, where others have a digit. */
export const isByStat = (listing: Buffer | undefined): boolean => listing?.[0] === 0x63 || listing?.[0] === 0x66

/** Warns of what lies on another device than the first that it sees. */
function otherDevices(): {readonly look: (stat: Stat) => void; readonly warnings: readonly string[]} {
  const warnings: string[] = []
  let device: string | null = null
  const look = ({inode, path}: Stat): void => {
    device ??= `${inode.split(':')[0]}:`
    if (!inode.startsWith(device))
      warnings.push(`${readable(path)} is a mount point; what is mounted there is not saved`)
  }

  return {look, warnings}
}

const unlessFresh = (ctime: string, now: number): string => (isFresh(ctime, now) ? '' : ctime)

function parseStat(fields: readonly string[], i: number, now: number): Stat {
  const field = (n: number): string => fields[i + n] ?? ''
  const type = TYPES[field(1)] ?? 'device'
  return {
    path: field(0),
    type,
    mode: Number.parseInt(field(2), 8),
    uid: Number(field(3)),
    gid: Number(field(4)),
    size: type === 'file' || type === 'symlink' ? Number(field(5)) : 0,
    mtime: printedTime(field(6)),
    ctime: unlessFresh(printedTime(field(7)), now),
    inode: field(8),
    links: Number(field(9)),
    target: field(10),
  }
}
