import {accessSync, constants} from 'node:fs'
import {delimiter, join} from 'node:path'
import {promisify} from 'node:util'
import * as zlib from 'node:zlib'

import {configError} from '../../core/errors.js'
import {FRAME_BYTES, type Compression} from './descriptor.js'
import {filterPool, type Convert} from './filter-pool.js'
import {zstdFrames} from './zstd-frames.js'

/** Compresses and decompresses one frame, away from the main thread. Frames in a row are an ordinary compressed file. */
export interface Codec {
  readonly compression: Compression
  /** Whether Node does it, and no program beside it. */
  readonly native: boolean
  readonly compress: (raw: Buffer) => Promise<Buffer>
  readonly decompress: Convert
  /** Ends what was started for it. Safe to call twice. */
  readonly close: () => Promise<void>
}

/** What `zlib` offers from Node 22.15 on; the types of Node 20 do not know it. */
interface ZstdFunctions {
  zstdCompress?: (data: Buffer, options: object, done: (error: Error | null, result: Buffer) => void) => void
  zstdDecompress?: (data: Buffer, options: object, done: (error: Error | null, result: Buffer) => void) => void
  constants: Record<string, number>
}

const gzip = promisify(zlib.gzip)
const gunzip = promisify(zlib.gunzip)

/** What new layers are compressed with: zstd from Node, else from a `zstd` program, else gzip. */
export const preferredCompression = (): Compression =>
  (zlib as unknown as ZstdFunctions).zstdCompress === undefined && findProgram('zstd') === null ? 'gz' : 'zst'

/** The codec for new layers. Frames may pass through files in `directory`. */
export const preferredCodec = (directory: string): Codec => zstdCodec(directory, FRAME_BYTES) ?? gzipCodec(FRAME_BYTES)

/**
 * The codec that reads a layer. A frame that holds more than `frameBytes` is refused before it fills memory or disk.
 * @throws {CrabboxError} `ZSTD_MISSING`
 */
export function codecFor(compression: Compression, directory: string, frameBytes: number): Codec {
  if (compression === 'gz') return gzipCodec(frameBytes)
  const codec = zstdCodec(directory, frameBytes)
  if (codec !== null) return codec
  throw configError(
    'ZSTD_MISSING',
    'this checkpoint is compressed with zstd, which this machine does not have',
    'Install the zstd program, or use Node 22.15 or later.',
  )
}

/** What `zlib` makes of a frame in one piece: by default it comes back to the main thread for every 16 kB. */
const packedAtOnce = (raw: Buffer): {chunkSize: number} => ({chunkSize: raw.length + (raw.length >> 7) + 1024})
const unpackedAtOnce = (frameBytes: number): zlib.ZlibOptions => ({
  chunkSize: Math.max(64, frameBytes),
  maxOutputLength: Math.max(1, frameBytes),
})

const gzipCodec = (frameBytes: number): Codec => ({
  compression: 'gz',
  native: true,
  compress: raw => gzip(raw, {level: 1, ...packedAtOnce(raw)}),
  decompress: frame => gunzip(frame, unpackedAtOnce(frameBytes)),
  close: async () => undefined,
})

function zstdCodec(directory: string, frameBytes: number): Codec | null {
  const native = nativeZstd(frameBytes)
  if (native !== null) return {compression: 'zst', native: true, ...native, close: async () => undefined}
  const program = findProgram('zstd')
  if (program === null) return null
  const packing = filterPool(program, ['-q', '-1', '-c', '--single-thread'], directory)
  const unpacking = filterPool(program, ['-q', '-d', '-c'], directory, frameBytes)
  const close = async (): Promise<void> => void (await Promise.all([packing.close(), unpacking.close()]))
  return {compression: 'zst', native: false, compress: raw => packing.run(raw), decompress: unpacking.run, close}
}

function nativeZstd(frameBytes: number): {compress: Convert; decompress: Convert} | null {
  const {zstdCompress, zstdDecompress, constants: known} = zlib as unknown as ZstdFunctions
  if (zstdCompress === undefined || zstdDecompress === undefined) return null
  const params = {[known['ZSTD_c_compressionLevel'] ?? 100]: 1, [known['ZSTD_c_checksumFlag'] ?? 201]: 1}
  const [compress, decompress] = [promisify(zstdCompress), promisify(zstdDecompress)]
  // Node ends after the first zstd frame, and what a host has packed may have several.
  const unpack = async (frame: Buffer): Promise<Buffer> => {
    const pieces: Buffer[] = []
    let left = frameBytes
    for await (const piece of zstdFrames([frame], frame.length)) {
      const raw = await decompress(piece, unpackedAtOnce(left))
      pieces.push(raw)
      left -= raw.length
      // What is unpacked may be no shorter than a byte for Node, though nothing is left.
      if (left < 0) throw new Error('it holds too much')
    }

    return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces)
  }

  return {compress: raw => compress(raw, {params, ...packedAtOnce(raw)}), decompress: unpack}
}

function findProgram(name: string): string | null {
  for (const directory of (process.env['PATH'] ?? '').split(delimiter)) {
    const file = join(directory, name)
    try {
      accessSync(file, constants.X_OK)
      return file
    } catch {
      // Not here.
    }
  }

  return null
}
