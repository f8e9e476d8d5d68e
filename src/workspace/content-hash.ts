import {createHash, hash as hashOf, type Hash} from 'node:crypto'

import type {TarHeader} from './tar/header.js'
import {zeros} from './zeros.js'

/** Hashes the content of one file after the other. */
export interface ContentHash {
  /** A file begins. */
  readonly begin: (file: Pick<TarHeader, 'size'>) => void
  readonly data: (chunk: Buffer) => void
  /** So many bytes are zeros. */
  readonly hole: (length: number) => void
  /** The SHA-256 of the file, in hexadecimal digits. */
  readonly digest: () => string
}

/** Most files come in one piece, and hashing that at once takes half the time of an object that could take more, and leaves no garbage. */
export function contentHash(): ContentHash {
  let size = 0
  let whole = ''
  let hash: Hash | null = null
  const open = (): Hash => (hash ??= createHash('sha256'))
  return {
    begin: file => {
      ;({size} = file)
      whole = ''
      hash = null
    },
    data: chunk => {
      if (hash === null && chunk.length === size) whole = hashOf('sha256', chunk)
      else open().update(chunk)
    },
    // It is fed without being made in memory.
    hole: length => {
      for (const piece of zeros(length)) open().update(piece)
    },
    digest: () => (whole === '' ? open().digest('hex') : whole),
  }
}
