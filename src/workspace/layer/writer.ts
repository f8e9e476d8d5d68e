import {createHash} from 'node:crypto'
import {open, rename, rm} from 'node:fs/promises'
import {join} from 'node:path'

import {syncDirectory} from '../../state/files.js'
import {preferredCodec} from './codec.js'
import {FRAME_BYTES, type LayerDescriptor} from './descriptor.js'
import {release} from './release.js'
import type {Unit} from './unit.js'

/** Frames that are compressed at the same time. */
const PARALLEL = 3

/** Bytes after which what was written is pushed to the disk in the background, so that the last fsync is short. */
const FLUSH_BYTES = 32 << 20

/** Takes the raw bytes of a tarball and stores them in compressed frames. */
export interface LayerWriter {
  /** What the file will be called. */
  readonly name: string
  /** Resolves when more may be written. The chunk is copied. */
  readonly write: (chunk: Buffer) => Promise<void>
  /** Stores what somebody else has compressed, with what this layer is compressed with, as a frame of it. Units come alone or not at all. */
  readonly writePacked: (unit: Unit) => Promise<void>
  /** Makes the layer durable under its final name. */
  readonly finish: () => Promise<LayerDescriptor>
  /** Removes what was written. Safe after `finish` failed, and twice. */
  readonly discard: () => Promise<void>
}

/** Begins the layer `<id>.tar.<compression>` in a directory. A `.part` file is all that an interruption leaves. */
export async function createLayerWriter(directory: string, id: string): Promise<LayerWriter> {
  const codec = preferredCodec(directory)
  const name = `${id}.tar.${codec.compression}`
  const part = join(directory, `${name}.part`)
  const file = await open(part, 'wx', 0o600)
  const frames: number[] = []
  const hashes: string[] = []
  // Frames are used again: eight megabytes at a time, garbage would cost more than the work.
  const spare: Buffer[] = []
  const newFrame = (): Buffer => spare.pop() ?? Buffer.allocUnsafeSlow(FRAME_BYTES)
  let frame: Buffer | null = null
  let filled = 0
  let bytes = 0
  let unflushed = 0
  let flushing: Promise<void> = Promise.resolve()
  let queue: Promise<void> = Promise.resolve()
  const waiting: Promise<void>[] = []

  const store = async (packed: Unit): Promise<void> => {
    const hash = createHash('sha256')
    for (const piece of packed) {
      await file.writeFile(piece)
      hash.update(piece)
    }

    const length = packed.reduce((sum, piece) => sum + piece.length, 0)
    frames.push(length)
    hashes.push(hash.digest('hex'))
    bytes += length
    unflushed += length
    if (unflushed < FLUSH_BYTES) return
    unflushed = 0
    flushing = file.datasync()
    flushing.catch(() => undefined)
  }

  const close = (whole: Buffer, length: number): void => {
    const packed = codec.compress(whole.subarray(0, length))
    packed.catch(() => undefined)
    queue = queue.then(async () => {
      const done = await packed
      await store([done])
      release(done)
      spare.push(whole)
    })
    queue.catch(() => undefined)
    waiting.push(queue)
  }

  const write = async (chunk: Buffer): Promise<void> => {
    for (let rest = chunk; rest.length > 0;) {
      frame ??= newFrame()
      const taken = rest.copy(frame, filled)
      filled += taken
      rest = rest.subarray(taken)
      if (filled < FRAME_BYTES) continue
      close(frame, FRAME_BYTES)
      frame = null
      filled = 0
      if (waiting.length >= PARALLEL) await waiting.shift()
    }
  }

  const writePacked = async (packed: Unit): Promise<void> => {
    queue = queue.then(() => store(packed))
    await queue
  }

  const finish = async (): Promise<LayerDescriptor> => {
    if (frame !== null) close(frame, filled)
    await queue
    await codec.close()
    await flushing
    await file.sync()
    await file.close()
    await rename(part, join(directory, name))
    await syncDirectory(directory)
    return {name, compression: codec.compression, bytes, frameBytes: FRAME_BYTES, frames, hashes}
  }

  const discard = async (): Promise<void> => {
    await queue.catch(() => undefined)
    await codec.close()
    await flushing.catch(() => undefined)
    await file.close().catch(() => undefined)
    await rm(part, {force: true})
    await rm(join(directory, name), {force: true})
  }

  return {name, write, writePacked, finish, discard}
}
