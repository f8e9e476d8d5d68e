import {promisify} from 'node:util'
import * as zlib from 'node:zlib'

import {packedAtOnce, unpackedAtOnce} from './at-once.js'
import type {Convert} from './filter-pool.js'
import {release} from './release.js'
import type {Unit} from './unit.js'
import {zstdFrames} from './zstd-frames.js'

/** What `zlib` offers from Node 22.15 on; the types of Node 20 do not know it. */
interface ZstdFunctions {
  zstdCompress?: (data: Buffer, options: object, done: (error: Error | null, result: Buffer) => void) => void
  zstdDecompress?: (data: Buffer, options: object, done: (error: Error | null, result: Buffer) => void) => void
  constants: Record<string, number>
}

/** The zstd that Node brings along. */
export interface NativeZstd {
  readonly compress: Convert
  readonly decompress: Convert
  /** What is in a unit, in pieces that have memory of their own. */
  readonly unpack: (unit: Unit) => Promise<readonly Buffer[]>
}

export const hasNativeZstd = (): boolean => (zlib as unknown as ZstdFunctions).zstdCompress !== undefined

/** @param limit bytes that a frame of a layer may hold */
export function nativeZstd(limit: number): NativeZstd | null {
  const {zstdCompress, zstdDecompress, constants: known} = zlib as unknown as ZstdFunctions
  if (zstdCompress === undefined || zstdDecompress === undefined) return null
  const params = {[known['ZSTD_c_compressionLevel'] ?? 100]: 1, [known['ZSTD_c_checksumFlag'] ?? 201]: 1}
  const [compress, decompress] = [promisify(zstdCompress), promisify(zstdDecompress)]
  // Node ends after the first zstd frame, and what a host has packed may have several.
  const unpackAll = async (unit: Unit, most: {size: number}): Promise<Buffer[]> => {
    const pieces: Buffer[] = []
    let left = limit
    for await (const frame of zstdFrames(unit, Number.POSITIVE_INFINITY)) {
      const raw = await decompress(frame, unpackedAtOnce(left, most.size === 0 ? left : most.size))
      pieces.push(raw)
      most.size = Math.max(most.size, raw.length)
      left -= raw.length
      // What is unpacked may be no shorter than a byte for Node, though nothing is left.
      if (left < 0) throw new Error('it holds too much')
    }

    return pieces
  }

  // A host makes all frames but the last of one size.
  const most = {size: 0}
  return {
    compress: raw => compress(raw, {params, ...packedAtOnce(raw)}),
    decompress: async frame => {
      const pieces = await unpackAll([frame], {size: 0})
      if (pieces.length === 1 && pieces[0] !== undefined) return pieces[0]
      const raw = Buffer.concat(pieces)
      pieces.forEach(release)
      return raw
    },
    unpack: unit => unpackAll(unit, most),
  }
}
