/** A zstd frame that unpacks to these bytes, at most 255: one block, not compressed, no checksum. RFC 8878, 3.1.1. */
export function plainFrame(bytes: Buffer): Buffer {
  const singleSegment = 1 << 5
  const lastRawBlock = (bytes.length << 3) | 1
  return Buffer.concat([
    Buffer.from([0x28, 0xb5, 0x2f, 0xfd, singleSegment, bytes.length, lastRawBlock & 0xff, lastRawBlock >> 8, 0]),
    bytes,
  ])
}

/** Takes a stream apart in which a mark stands before every part. */
export interface MarkReader {
  /** @throws {Error} where a mark is not in its place */
  readonly feed: (chunk: Buffer) => void
  /** How many marks there were. */
  readonly seen: () => number
}

/**
 * Tells what a program that unpacks a stream of frames does not: where one ends and the next begins.
 * @param size bytes between two marks
 * @param take gets what stands between them
 */
export function markReader(mark: Buffer, size: number, take: (part: Buffer) => void): MarkReader {
  let seen = 0
  let matched = 0
  let left = 0
  const feed = (chunk: Buffer): void => {
    for (let rest = chunk; rest.length > 0;) {
      const part = rest.subarray(0, left === 0 ? mark.length - matched : left)
      rest = rest.subarray(part.length)
      if (left > 0) {
        left -= part.length
        take(part)
        continue
      }

      if (!part.equals(mark.subarray(matched, matched + part.length))) throw new Error('a frame has the wrong size')
      matched += part.length
      if (matched < mark.length) continue
      seen += 1
      matched = 0
      left = size
    }
  }

  return {feed, seen: () => seen}
}
