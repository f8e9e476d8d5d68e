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
  let map: Buffer = Buffer.alloc(0)
  let pieces: {offset: number; length: number}[] | null = null
  let index = 0
  let done = 0
  let position = 0

  const feed = (chunk: Buffer): void => {
    let rest = chunk
    if (pieces === null) {
      map = Buffer.concat([map, chunk])
      const parsed = parseMap(map, size)
      if (parsed === null) return
      pieces = parsed.pieces
      rest = map.subarray(parsed.length)
      map = Buffer.alloc(0)
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

function parseMap(map: Buffer, size: number): {pieces: {offset: number; length: number}[]; length: number} | null {
  const numbers: number[] = []
  let at = 0
  while (numbers.length < 1 + 2 * (numbers[0] ?? Number.POSITIVE_INFINITY)) {
    const end = map.indexOf(0x0a, at)
    if (end === -1) return null
    numbers.push(Number(map.toString('latin1', at, end)))
    at = end + 1
  }

  if (!numbers.every(Number.isSafeInteger) || (numbers[0] ?? -1) < 0)
    throw corrupt('a sparse file with an impossible map')
  const length = Math.ceil(at / BLOCK) * BLOCK
  if (map.length < length) return null
  const pieces = []
  let last = 0
  for (let i = 1; i < numbers.length; i += 2) {
    const [offset = Number.NaN, bytes = Number.NaN] = [numbers[i], numbers[i + 1]]
    if (!(offset >= last && bytes >= 0 && offset + bytes <= size)) throw corrupt('a sparse file with an impossible map')
    last = offset + bytes
    pieces.push({offset, length: bytes})
  }

  return {pieces, length}
}
