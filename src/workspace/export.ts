import type {Context} from '../core/context.js'
import {codecFor, type Codec} from './layer/codec.js'
import {FRAME_BYTES} from './layer/descriptor.js'
import type {Manifest} from './manifest.js'
import {directoriesDeepestFirst, readEntries} from './read-entries.js'
import type {ArchiveStore} from './store.js'
import {BLOCK} from './tar/header.js'

/** Writes all entries of a checkpoint as one tarball, whatever layers they lie in. */
export async function exportArchive(
  manifest: Manifest,
  store: ArchiveStore,
  compression: 'none' | 'gz' | 'zst',
  write: (bytes: Buffer) => Promise<void>,
  context: Context,
): Promise<void> {
  const entries = [...manifest.tree.values()]
  const directories = entries.filter(entry => entry.type === 'directory')
  const others = entries.filter(entry => entry.type !== 'directory')
  const task = context.progress.start(
    'exporting',
    entries.reduce((sum, entry) => sum + entry.length, 0),
    'bytes',
  )
  const sink =
    compression === 'none'
      ? {add: write, end: async () => undefined, close: async () => undefined}
      : framed(write, codecFor(compression, store.layers, FRAME_BYTES))
  const source = {directory: store.layers, layers: manifest.layers}
  try {
    for await (const piece of readEntries(others, source, context.signal)) {
      await sink.add(piece)
      task.advance(piece.length)
    }

    await sink.add(await directoriesDeepestFirst(directories, source, context.signal))
    await sink.add(Buffer.alloc(2 * BLOCK))
    await sink.end()
  } finally {
    await sink.close()
    task.done()
  }
}

/** Compresses in frames, which in a row are an ordinary compressed file. */
function framed(
  write: (bytes: Buffer) => Promise<void>,
  codec: Codec,
): {add: (bytes: Buffer) => Promise<void>; end: () => Promise<void>; close: () => Promise<void>} {
  let waiting: Buffer[] = []
  let size = 0
  const flush = async (): Promise<void> => {
    if (size === 0) return
    const frame = Buffer.concat(waiting)
    waiting = []
    size = 0
    await write(await codec.compress(frame))
  }

  const add = async (bytes: Buffer): Promise<void> => {
    waiting.push(bytes)
    size += bytes.length
    if (size >= FRAME_BYTES) await flush()
  }

  return {add, end: flush, close: codec.close}
}
