/** The least that a frame's header takes, magic number included. RFC 8878, 3.1.1. */
const MIN_HEADER = 6
const MAGIC = 0xfd2fb528

/** What begins a frame that decompressing skips, the last digit apart, and what its header takes. RFC 8878, 3.1.2. */
const SKIPPABLE = 0x184d2a5
const SKIPPABLE_HEADER = 8

/** Kinds of blocks: in a run, one byte stands for all. */
const RUN = 1

/**
 * Cuts a stream of zstd frames into frames, by walking over the headers of their blocks. Nothing is decompressed. Skippable frames,
 * in which pzstd says how long the next one is, are left out.
 * @param limit bytes past which a frame is refused
 * @throws {Error} where the stream is no sequence of whole frames
 */
export async function* zstdFrames(
  stream: AsyncIterable<Buffer> | Iterable<Buffer>,
  limit: number,
): AsyncGenerator<Buffer> {
  let pieces: Buffer[] = []
  let length = 0
  const walk = frameWalker()
  for await (const chunk of stream) {
    let rest = chunk
    while (rest.length > 0) {
      const end = walk.feed(rest)
      const piece = end === null ? rest : rest.subarray(0, end)
      pieces.push(piece)
      length += piece.length
      if (length > limit) throw new Error('a compressed frame is too large')
      rest = rest.subarray(piece.length)
      if (end === null) break
      if (!walk.skippable()) yield pieces.length === 1 ? piece : Buffer.concat(pieces, length)
      pieces = []
      length = 0
    }
  }

  if (length > 0) throw new Error('the last compressed frame is incomplete')
}

interface FrameWalker {
  /** How many of these bytes belong to the present frame; null: all, and it goes on. */
  readonly feed: (bytes: Buffer) => number | null
  /** Whether the frame that just ended is a skippable one. */
  readonly skippable: () => boolean
}

/** Reads a header at a time, however the stream is cut, and jumps over what it says is there. */
function frameWalker(): FrameWalker {
  const head = Buffer.alloc(SKIPPABLE_HEADER)
  let filled = 0
  let wanted = MIN_HEADER
  let skip = 0
  let state: State = 'header'
  let checksum = 0
  let skippable = false
  const next = (): void => {
    if (state === 'header') {
      skippable = head.readUInt32LE(0) >>> 4 === SKIPPABLE
      if (skippable && filled < SKIPPABLE_HEADER) {
        wanted = SKIPPABLE_HEADER
        return
      }

      ;({skip, checksum, state} = skippable ? readSkippable(head) : readHeader(head))
    } else {
      const bits = head.readUIntLE(0, 3)
      const size = (bits >> 1) % 4 === RUN ? 1 : bits >> 3
      const last = bits % 2 === 1
      skip = size + (last ? checksum : 0)
      state = last ? 'end' : 'block'
    }

    filled = 0
    wanted = state === 'end' ? 0 : 3
  }

  const feed = (bytes: Buffer): number | null => {
    let at = 0
    for (;;) {
      const jump = Math.min(skip, bytes.length - at)
      at += jump
      skip -= jump
      if (skip > 0) return null
      if (state === 'end') {
        state = 'header'
        wanted = MIN_HEADER
        return at
      }

      const taken = bytes.copy(head, filled, at, at + wanted - filled)
      at += taken
      filled += taken
      if (filled < wanted) return null
      next()
    }
  }

  return {feed, skippable: () => skippable}
}

type State = 'header' | 'block' | 'end'

/** What follows the first bytes of a header: bytes to jump over, and how many a checksum at the end of the frame takes. */
interface Header {
  readonly skip: number
  readonly checksum: number
  readonly state: State
}

const readSkippable = (head: Buffer): Header => ({skip: head.readUInt32LE(4), checksum: 0, state: 'end'})

function readHeader(head: Buffer): Header {
  if (head.readUInt32LE(0) !== MAGIC) throw new Error('what came is not compressed with zstd')
  const descriptor = head.readUInt8(4)
  const single = (descriptor >> 5) % 2
  const sizeFlag = descriptor >> 6
  const dictionary = [0, 1, 2, 4][descriptor % 4] ?? 0
  const contentSize = sizeFlag === 0 ? single : 2 ** sizeFlag
  const header = 5 + (single === 1 ? 0 : 1) + dictionary + contentSize
  return {skip: header - MIN_HEADER, checksum: (descriptor >> 2) % 2 === 1 ? 4 : 0, state: 'block'}
}
