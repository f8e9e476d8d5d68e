import {accessSync, constants} from 'node:fs'
import {delimiter, join} from 'node:path'
import {promisify} from 'node:util'
import {gunzip as zlibGunzip, gzip as zlibGzip} from 'node:zlib'

import {configError} from '../../core/errors.js'
import {packedAtOnce, unpackedAtOnce} from './at-once.js'
import {FRAME_BYTES, type Compression} from './descriptor.js'
import {filterPool, type Convert} from './filter-pool.js'
import {hasNativeZstd, nativeZstd, type NativeZstd} from './native-zstd.js'

/** Compresses and decompresses one frame, away from the main thread. Frames in a row are an ordinary compressed file. */
export interface Codec {
  readonly compression: Compression
  /** What comes has memory of its own, which may be given back. */
  readonly compress: (raw: Buffer) => Promise<Buffer>
  readonly decompress: Convert
  /** Unpacks what a host has packed; null where Node does not do it, but a program beside it. */
  readonly unpack: NativeZstd['unpack'] | null
  /** Ends what was started for it. Safe to call twice. */
  readonly close: () => Promise<void>
}

const gzip = promisify(zlibGzip)
const gunzip = promisify(zlibGunzip)

/** What new layers are compressed with: zstd from Node, else from a `zstd` program, else gzip. */
export const preferredCompression = (): Compression => (hasNativeZstd() || findProgram('zstd') !== null ? 'zst' : 'gz')

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

const gzipCodec = (frameBytes: number): Codec => ({
  compression: 'gz',
  unpack: null,
  compress: raw => gzip(raw, {level: 1, ...packedAtOnce(raw)}),
  decompress: frame => gunzip(frame, unpackedAtOnce(frameBytes)),
  close: async () => undefined,
})

function zstdCodec(directory: string, frameBytes: number): Codec | null {
  const native = nativeZstd(frameBytes)
  if (native !== null) return {compression: 'zst', ...native, close: async () => undefined}
  const program = findProgram('zstd')
  if (program === null) return null
  const packing = filterPool(program, ['-q', '-1', '-c', '--single-thread'], directory)
  const unpacking = filterPool(program, ['-q', '-d', '-c'], directory, frameBytes)
  const close = async (): Promise<void> => void (await Promise.all([packing.close(), unpacking.close()]))
  return {compression: 'zst', unpack: null, compress: raw => packing.run(raw), decompress: unpacking.run, close}
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
