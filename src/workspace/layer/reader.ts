import {open, type FileHandle} from 'node:fs/promises'
import {join} from 'node:path'

import {isErrno, providerError, reasonOf, throwIfAborted} from '../../core/errors.js'
import {stateError} from '../../state/files.js'
import {codecFor, type Codec} from './codec.js'
import type {LayerDescriptor} from './descriptor.js'

/** A piece of the raw tarball: `[start, end)`. */
export interface Range {
  readonly start: number
  readonly end: number
}

/** Bytes of a range, in order. `offset` is the place of the first byte in the raw tarball. */
export interface Piece {
  readonly offset: number
  readonly bytes: Buffer
  /** The same bytes as they lie in the layer, where they are a whole frame of it. */
  readonly packed: Buffer | null
}

/** Frames that are decompressed ahead of the reader. */
const AHEAD = 2

/**
 * Reads ranges of a layer, decompressing only the frames that hold them. Ranges are in order and do not overlap.
 * @throws {CrabboxError} `LAYER_MISSING`, `LAYER_CORRUPT`
 */
export async function* readLayer(
  directory: string,
  layer: LayerDescriptor,
  ranges: readonly Range[],
  signal: AbortSignal,
): AsyncGenerator<Piece, undefined> {
  await using file = await openLayer(directory, layer)
  const codec = codecFor(layer.compression, directory, layer.frameBytes)
  await using programs = {[Symbol.asyncDispose]: codec.close}
  void programs
  const load = async (index: number): Promise<{raw: Buffer; packed: Buffer}> => {
    const packed = await readFrame(file, layer, index)
    const raw = await unpackFrame(codec, directory, layer, index, packed)
    return {raw, packed}
  }

  const needed = framesOf(layer, ranges)
  const loading: (ReturnType<typeof load> | null)[] = []
  const prefetch = (from: number): void => {
    while (loading.length < Math.min(needed.length, from + AHEAD)) {
      const frame = load(needed[loading.length] ?? 0)
      frame.catch(() => undefined)
      loading.push(frame)
    }
  }

  let next = 0
  for (const [position, index] of needed.entries()) {
    throwIfAborted(signal)
    prefetch(position)
    const {raw, packed} = await (loading[position] ?? load(index))
    // Only the array of promises would keep a frame that has been read alive.
    loading[position] = null
    const base = index * layer.frameBytes
    for (let range = ranges[next]; range !== undefined && range.start < base + raw.length; range = ranges[next]) {
      const from = Math.max(range.start, base)
      const to = Math.min(range.end, base + raw.length)
      const whole = from === base && to === base + raw.length
      if (to > from) yield {offset: from, bytes: raw.subarray(from - base, to - base), packed: whole ? packed : null}
      if (range.end > base + raw.length) break
      next += 1
    }
  }

  if (next < ranges.length) throw damaged(layer, 'it is too short')
}

/**
 * The raw bytes of a frame.
 * @throws {CrabboxError} `LAYER_CORRUPT`, and `STATE_DISK_FULL` where there is no room for what passes through a program
 */
export async function unpackFrame(
  codec: Codec,
  directory: string,
  layer: LayerDescriptor,
  index: number,
  packed: Buffer,
): Promise<Buffer> {
  const raw = await codec.decompress(packed).catch((error: unknown) => {
    throw isErrno(error, 'ENOSPC', 'EDQUOT') ? stateError(directory, error) : damaged(layer, reasonOf(error))
  })
  const last = index === layer.frames.length - 1
  if (raw.length > layer.frameBytes || (!last && raw.length < layer.frameBytes))
    throw damaged(layer, 'a frame has the wrong size')
  return raw
}

/** @throws {CrabboxError} `LAYER_MISSING`, `LAYER_CORRUPT` for a file of another size */
export async function openLayer(directory: string, layer: LayerDescriptor): Promise<FileHandle> {
  let file: FileHandle
  try {
    file = await open(join(directory, layer.name), 'r')
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error
    throw providerError(
      'LAYER_MISSING',
      `the layer ${layer.name} is missing from ${directory}`,
      'Put the file back from a backup, or delete the checkpoint.',
      error,
    )
  }

  const {size} = await file.stat()
  if (size === layer.bytes) return file
  await file.close()
  throw damaged(layer, `it has ${size} bytes instead of ${layer.bytes}`)
}

export const damaged = (layer: LayerDescriptor, why: string): Error =>
  providerError(
    'LAYER_CORRUPT',
    `the layer ${layer.name} is damaged: ${why}`,
    'Put the file back from a backup, or delete the checkpoint.',
  )

/** A frame as it lies in the file. */
export async function readFrame(file: FileHandle, layer: LayerDescriptor, index: number): Promise<Buffer> {
  const length = layer.frames[index] ?? 0
  const {buffer, bytesRead} = await file.read(Buffer.allocUnsafe(length), 0, length, startOf(layer, index))
  if (bytesRead !== length) throw damaged(layer, 'it is too short')
  return buffer
}

const starts = new WeakMap<LayerDescriptor, readonly number[]>()

function startOf(layer: LayerDescriptor, index: number): number {
  let at = 0
  const known = starts.get(layer) ?? layer.frames.map(length => (at += length) - length)
  starts.set(layer, known)
  return known[index] ?? 0
}

function framesOf(layer: LayerDescriptor, ranges: readonly Range[]): number[] {
  const frames = new Set<number>()
  for (const {start, end} of ranges) {
    for (let i = Math.floor(start / layer.frameBytes); i * layer.frameBytes < end && i < layer.frames.length; i++)
      frames.add(i)
  }

  return [...frames]
}
