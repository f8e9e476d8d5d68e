import type {Entry} from './entry.js'
import type {Piece} from './layer/reader.js'

/** Entries in a row that are all taken as they lie in the layer, or all borrowed. */
interface Stretch {
  /** The offset behind its last entry, in the raw tarball. */
  readonly end: number
  readonly borrowed: boolean
}

/** The stretches of entries that are in the order of their layer. */
function stretchesOf(entries: readonly Entry[]): readonly Stretch[] {
  const stretches: {end: number; borrowed: boolean}[] = []
  for (const {at, length, borrowed = false} of entries) {
    const last = stretches.at(-1)
    if (last?.borrowed === borrowed) last.end = at + length
    else stretches.push({end: at + length, borrowed})
  }

  return stretches
}

/** Cuts pieces of a layer, in its order, where one stretch ends and the next begins. */
export function cutter(
  entries: readonly Entry[],
): (piece: Pick<Piece, 'offset' | 'bytes'>) => Generator<{readonly bytes: Buffer; readonly borrowed: boolean}> {
  const stretches = stretchesOf(entries)
  let next = 0
  return function* ({offset, bytes}) {
    const end = offset + bytes.length
    for (let from = offset; from < end;) {
      while ((stretches[next]?.end ?? end) <= from) next += 1
      const to = Math.min(end, stretches[next]?.end ?? end)
      yield {bytes: bytes.subarray(from - offset, to - offset), borrowed: stretches[next]?.borrowed ?? false}
      from = to
    }
  }
}
