import type {ZlibOptions} from 'node:zlib'

/** What makes `zlib` pack in one piece: by default it comes back to the main thread for every 16 kB. */
export const packedAtOnce = (raw: Buffer): {readonly chunkSize: number} => ({
  chunkSize: raw.length + (raw.length >> 7) + 1024,
})

/**
 * The same for unpacking.
 * @param limit bytes past which it is refused
 * @param expected bytes that it will be. Default: the limit
 */
export const unpackedAtOnce = (limit: number, expected = limit): ZlibOptions => ({
  // With room for a byte more it knows that it is at the end.
  chunkSize: Math.max(64, Math.min(limit, expected) + 1),
  maxOutputLength: Math.max(1, limit),
})
