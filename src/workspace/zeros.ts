const PIECE = Buffer.alloc(1 << 20)

/** So many zeros, in pieces: a hole may be larger than the memory. */
export function* zeros(length: number): Generator<Buffer> {
  for (let left = length; left > 0; left -= PIECE.length) yield left < PIECE.length ? PIECE.subarray(0, left) : PIECE
}
