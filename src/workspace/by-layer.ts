import type {Entry} from './entry.js'
import type {Range} from './layer/reader.js'

type Groups = ReadonlyMap<string, readonly Entry[]>

/** Whoever sends entries asks several times, and for the same ones when he fills several workdirs. */
const known = new WeakMap<readonly Entry[], Groups>()

/** Entries by the layer that holds them, in its order. */
export function groupByLayer(entries: readonly Entry[]): Groups {
  const groups = known.get(entries) ?? grouped(entries)
  known.set(entries, groups)
  return groups
}

function grouped(entries: readonly Entry[]): Groups {
  const groups = new Map<string, Entry[]>()
  for (const entry of entries) {
    const group = groups.get(entry.layer)
    if (group === undefined) groups.set(entry.layer, [entry])
    else group.push(entry)
  }

  for (const group of groups.values()) group.sort((a, b) => a.at - b.at)
  return groups
}

/** Entries that lie next to each other are read as one. */
export function rangesOf(entries: readonly Entry[]): Range[] {
  const ranges: {start: number; end: number}[] = []
  for (const {at, length} of entries) {
    const last = ranges.at(-1)
    if (last?.end === at) last.end = at + length
    else ranges.push({start: at, end: at + length})
  }

  return ranges
}
