import {spawn} from 'node:child_process'
import {accessSync, constants} from 'node:fs'
import {delimiter, join} from 'node:path'
import {buffer} from 'node:stream/consumers'
import {promisify} from 'node:util'
import * as zlib from 'node:zlib'

import {configError} from '../../core/errors.js'

/** How a layer's frames are compressed; also the end of its file name. */
export type Compression = 'zst' | 'gz'

/** Compresses and decompresses one frame, away from the main thread. Frames in a row are an ordinary compressed file. */
export interface Codec {
  readonly compression: Compression
  readonly compress: (raw: Buffer) => Promise<Buffer>
  readonly decompress: (frame: Buffer) => Promise<Buffer>
}

type Convert = (input: Buffer) => Promise<Buffer>
/** What `zlib` offers from Node 22.15 on; the types of Node 20 do not know it. */
interface ZstdFunctions {
  zstdCompress?: (data: Buffer, options: object, done: (error: Error | null, result: Buffer) => void) => void
  zstdDecompress?: (data: Buffer, done: (error: Error | null, result: Buffer) => void) => void
  constants: Record<string, number>
}

const gzip = promisify(zlib.gzip)
const gunzip = promisify(zlib.gunzip)

/** The codec for new layers: zstd from Node, else from a `zstd` program, else gzip. */
export const preferredCodec = (): Codec => zstdCodec() ?? gzipCodec

/**
 * The codec that reads a layer.
 * @throws {CrabboxError} `ZSTD_MISSING`
 */
export function codecFor(compression: Compression): Codec {
  if (compression === 'gz') return gzipCodec
  const codec = zstdCodec()
  if (codec !== null) return codec
  throw configError('ZSTD_MISSING', 'this checkpoint is compressed with zstd, which this machine does not have', 'Install the zstd program, or use Node 22.15 or later.')
}

const gzipCodec: Codec = {
  compression: 'gz',
  compress: raw => gzip(raw, {level: 1}),
  decompress: frame => gunzip(frame),
}

function zstdCodec(): Codec | null {
  const native = nativeZstd()
  if (native !== null) return {compression: 'zst', ...native}
  const program = findProgram('zstd')
  if (program === null) return null
  return {compression: 'zst', compress: filter(program, ['-q', '-1', '-c']), decompress: filter(program, ['-q', '-d', '-c'])}
}

function nativeZstd(): {compress: Convert; decompress: Convert} | null {
  const {zstdCompress, zstdDecompress, constants: known} = zlib as unknown as ZstdFunctions
  if (zstdCompress === undefined || zstdDecompress === undefined) return null
  const params = {[known['ZSTD_c_compressionLevel'] ?? 100]: 1, [known['ZSTD_c_checksumFlag'] ?? 201]: 1}
  const compress = promisify(zstdCompress)
  return {compress: raw => compress(raw, {params}), decompress: promisify(zstdDecompress)}
}

const filter = (program: string, args: readonly string[]): Convert => async input => {
  const child = spawn(program, args, {stdio: ['pipe', 'pipe', 'pipe']})
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve))
  const [output, errors, code] = await Promise.all([buffer(child.stdout), buffer(child.stderr), ended])
  if (code === 0) return output
  throw new Error(`zstd failed: ${errors.toString('utf8').trim() || `exit ${code}`}`)
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
