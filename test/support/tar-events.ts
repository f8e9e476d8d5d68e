import {createHash} from 'node:crypto'

import type {TarHeader} from '../../src/workspace/tar/header.js'
import {createTarParser} from '../../src/workspace/tar/parser.js'

/** One entry as the parser saw it; `content` is a digest of bytes and holes. */
export interface SeenEntry {
  readonly header: TarHeader
  readonly at: number
  readonly length: number
  readonly content: string
  readonly bytes: number
}

/** Parses a tarball that comes in chunks of this many bytes. */
export function parseTar(tar: Buffer, chunk = tar.length): {entries: SeenEntry[]; finished: boolean} {
  const entries: SeenEntry[] = []
  let open: {header: TarHeader; at: number} | null = null
  let hash = createHash('sha256')
  let bytes = 0
  const parser = createTarParser({
    entry: (header, at) => {
      open = {header, at}
      hash = createHash('sha256')
      bytes = 0
    },
    data: piece => {
      hash.update(piece)
      bytes += piece.length
    },
    hole: length => {
      hash.update(Buffer.alloc(length))
      bytes += length
    },
    entryEnd: length => {
      if (open !== null) entries.push({...open, length, bytes, content: hash.digest('hex')})
    },
  })
  // A parser may keep no hold of a chunk, whose memory belongs to the stream; this one is overwritten.
  const scratch = Buffer.alloc(chunk)
  for (let from = 0; from < tar.length; from += chunk) {
    const part = tar.subarray(from, from + chunk)
    parser.feed(scratch.subarray(0, part.copy(scratch)))
    scratch.fill(0xaa)
  }

  return {entries, finished: parser.finished()}
}
