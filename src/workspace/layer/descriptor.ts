/** How a layer's frames are compressed; also the end of its file name. */
export type Compression = 'zst' | 'gz'

/** Raw bytes in every frame but the last: small enough to fetch one file quickly, large enough to compress well. */
export const FRAME_BYTES = 8 << 20

/** A manifest is believed up to this: what is unpacked at once is held in memory. */
const MAX_FRAME_BYTES = 64 << 20

/** How to read a layer file from any place in it. */
export interface LayerDescriptor {
  /** The file's name below `layers/`. */
  readonly name: string
  readonly compression: Compression
  /** Bytes of the file. */
  readonly bytes: number
  /** Raw bytes that each frame but the last holds. */
  readonly frameBytes: number
  /** Compressed bytes of each frame, in order. */
  readonly frames: readonly number[]
  /** SHA-256 of each frame, hex, in order. */
  readonly hashes?: readonly string[]
  /** SHA-256 of the file, hex: what is known of layers that were stored without the hashes of their frames. */
  readonly sha256?: string
}

/** Layer names are file names of ours, never paths. */
export const isLayerName = (name: string): boolean => /^[a-z0-9_]+(?:-[a-z0-9]+)?\.tar\.(?:zst|gz)$/.test(name)

/** Whether a value read from a manifest describes a layer: its frames fill the file, and the file lies where layers lie. */
export function isLayerDescriptor({name, compression, bytes, frameBytes, frames, hashes}: LayerDescriptor): boolean {
  if (typeof name !== 'string' || !isLayerName(name) || !name.endsWith(`.tar.${compression}`)) return false
  if (!Number.isSafeInteger(frameBytes) || frameBytes <= 0 || frameBytes > MAX_FRAME_BYTES || !Array.isArray(frames))
    return false
  if (hashes !== undefined && (!Array.isArray(hashes) || hashes.length !== frames.length)) return false
  const sizes: readonly unknown[] = frames
  return (
    sizes.every(size => Number.isSafeInteger(size) && Number(size) > 0) &&
    frames.reduce((sum, size) => sum + size, 0) === bytes
  )
}
