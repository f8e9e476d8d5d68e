import {corrupt} from './corrupt.js'
import {BLOCK} from './header.js'

/** Receives the content of a file in order: bytes, and holes as lengths. */
export interface ContentSink {
  readonly data: (chunk: Buffer) => void
  readonly hole: (length: number) => void
}

/**
 * Reads the body of a sparse file as GNU tar writes it in pax format 1.0: a map of decimal numbers, one a line (count, then
 * offset and length of each piece), padded to a whole block, and then the pieces.
 * https://www.gnu.org/software/tar/manual/html_node/PAX-1.html
 */
export function sparseReader(size: number, sink: ContentSink): {feed: (chunk: Buffer) => void; end: () => void} {
  const map = mapReader(size)
  let pieces: Pieces | null = null
  let index = 0
  let done = 0
  let position = 0

  const feed = (chunk: Buffer): void => {
    let rest = chunk
    if (pieces === null) {
      const parsed = map(chunk)
      if (parsed === null) return
      pieces = parsed.pieces
      rest = parsed.rest
    }

    while (rest.length > 0) {
      const piece = pieces[index]
      if (piece === undefined) throw corrupt('a sparse file with more data than its map')
      if (piece.offset > position) skipTo(piece.offset)
      const part = rest.subarray(0, piece.length - done)
      if (part.length > 0) sink.data(part)
      position += part.length
      done += part.length
      rest = rest.subarray(part.length)
      if (done === piece.length) {
        index += 1
        done = 0
      }
    }
  }

  const skipTo = (offset: number): void => {
    sink.hole(offset - position)
    position = offset
  }

  const end = (): void => {
    if (pieces === null || pieces.slice(index).some(piece => piece.length > done))
      throw corrupt('a sparse file that ends early')
    if (position < size) skipTo(size)
  }

  return {feed, end}
}

type Pieces = readonly {readonly offset: number; readonly length: number}[]

/** A map is believed up to this many bytes: some millions of pieces, and no more than fits in memory. */
const MAX_MAP = 64 << 20

/** Takes the map as it comes. Answers with it, and with what follows it, once it is whole. */
function mapReader(size: number): (chunk: Buffer) => {pieces: Pieces; rest: Buffer} | null {
  const numbers: number[] = []
  let line = ''
  let length = 0
  const whole = (): boolean => numbers.length === 1 + 2 * (numbers[0] ?? Number.POSITIVE_INFINITY)
  return chunk => {
    let at = 0
    while (!whole() && at < chunk.length) {
      const end = chunk.indexOf(0x0a, at)
      line += chunk.toString('latin1', at, end === -1 ? chunk.length : end)
      if (line.length > 20) throw impossible()
      at = end === -1 ? chunk.length : end + 1
      if (end === -1) break
      numbers.push(decimal(line))
      line = ''
    }

    length += at
    if (length > MAX_MAP) throw impossible()
    if (!whole()) return null
    const padding = (BLOCK - (length % BLOCK)) % BLOCK
    const part = Math.min(padding, chunk.length - at)
    length += part
    return part < padding ? null : {pieces: piecesOf(numbers, size), rest: chunk.subarray(at + part)}
  }
}

function decimal(line: string): number {
  const value = /^\d+$/.test(line) ? Number(line) : Number.NaN
  if (!Number.isSafeInteger(value)) throw impossible()
  return value
}

function piecesOf(numbers: readonly number[], size: number): Pieces {
  const pieces = []
  let last = 0
  for (let i = 1; i < numbers.length; i += 2) {
    const [offset = Number.NaN, length = Number.NaN] = [numbers[i], numbers[i + 1]]
    if (!(offset >= last && offset + length <= size)) throw impossible()
    last = offset + length
    pieces.push({offset, length})
  }

  return pieces
}

const impossible = (): Error => corrupt('a sparse file with an impossible map')
