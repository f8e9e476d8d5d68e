import type {Context} from '../core/context.js'
import {codecFor} from './layer/codec.js'
import {FRAME_BYTES} from './layer/descriptor.js'
import type {Manifest} from './manifest.js'
import {readEntries} from './send.js'
import type {ArchiveStore} from './store.js'
import {BLOCK} from './tar/header.js'

/** Writes all entries of a checkpoint as one tarball, directories first, whatever layers they lie in. */
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
      ? {add: write, end: async () => undefined}
      : framed(write, codecFor(compression, store.layers).compress)
  try {
    for (const group of [directories, others]) {
      for await (const piece of readEntries(
        group,
        {directory: store.layers, layers: manifest.layers},
        context.signal,
      )) {
        await sink.add(piece)
        task.advance(piece.length)
      }
    }

    await sink.add(Buffer.alloc(2 * BLOCK))
    await sink.end()
  } finally {
    task.done()
  }
}

/** Compresses in frames, which in a row are an ordinary compressed file. */
function framed(
  write: (bytes: Buffer) => Promise<void>,
  compress: (raw: Buffer) => Promise<Buffer>,
): {add: (bytes: Buffer) => Promise<void>; end: () => Promise<void>} {
  let waiting: Buffer[] = []
  let size = 0
  const flush = async (): Promise<void> => {
    if (size === 0) return
    const frame = Buffer.concat(waiting)
    waiting = []
    size = 0
    await write(await compress(frame))
  }

  const add = async (bytes: Buffer): Promise<void> => {
    waiting.push(bytes)
    size += bytes.length
    if (size >= FRAME_BYTES) await flush()
  }

  return {add, end: flush}
}
