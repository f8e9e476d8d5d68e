import {BLOCK, checksumHolds, number} from '../tar/header.js'
import {corrupt} from '../tar/corrupt.js'

/** What a tar without extended headers says of a file. */
export interface PlainFile {
  /** Relative, one byte a character. */
  readonly path: string
  readonly size: number
  /** Modification time in whole seconds; null where the header cannot hold it. */
  readonly seconds: number | null
}

export interface PlainSink {
  readonly file: (file: PlainFile) => void
  readonly data: (chunk: Buffer) => void
  /** The content of the file is complete. */
  readonly end: () => void
}

/** The longest name that is believed. */
const MAX_NAME = 1 << 16

/**
 * Reads regular files out of tarballs in a row, as busybox's tar writes them: GNU's entries for long names, and nothing else
 * beyond the oldest format. All other entries are passed over.
 */
export function plainReader(sink: PlainSink): {feed: (chunk: Buffer) => void; missing: () => number} {
  let pending: Buffer = Buffer.alloc(0)
  let name: string | null = null
  /** Bytes of the present entry that are still to come, and where they go. */
  let body = {left: 0, padding: 0, kind: 'skip' as 'file' | 'name' | 'skip'}
  let nameBytes: Buffer[] = []

  const onHeader = (block: Buffer): void => {
    if (block.every(byte => byte === 0)) return
    if (!checksumHolds(block)) throw corrupt('a header whose checksum is wrong')
    const flag = String.fromCharCode(block[156] ?? 0)
    const size = number(block, 124, 12)
    if (!Number.isSafeInteger(size) || size < 0) throw corrupt('an entry with an impossible size')
    const kind = flag === 'L' ? 'name' : flag === '0' || flag === '\0' ? 'file' : 'skip'
    if (kind === 'name' && size > MAX_NAME) throw corrupt('a name of an impossible length')
    body = {left: size, padding: (BLOCK - (size % BLOCK)) % BLOCK, kind}
    if (kind === 'file') {
      const seconds = number(block, 136, 12)
      const path = relative(name ?? nameIn(block))
      sink.file({path, size, seconds: Number.isFinite(seconds) && seconds > 0 ? seconds : null})
    }

    if (kind !== 'name' && flag !== 'K') name = null
    if (size === 0) finish()
  }

  const finish = (): void => {
    if (body.kind === 'file') sink.end()
    if (body.kind === 'name') name = untilNul(Buffer.concat(nameBytes))
    nameBytes = []
    body = {...body, kind: 'skip'}
  }

  const onBody = (chunk: Buffer): Buffer => {
    const part = chunk.subarray(0, body.left)
    body.left -= part.length
    if (body.kind === 'file') sink.data(part)
    if (body.kind === 'name') nameBytes.push(Buffer.from(part))
    if (body.left === 0) finish()
    return chunk.subarray(part.length)
  }

  const feed = (chunk: Buffer): void => {
    let rest = chunk
    while (rest.length > 0) {
      if (body.left > 0) {
        rest = onBody(rest)
      } else if (body.padding > 0) {
        const skipped = Math.min(body.padding, rest.length)
        body.padding -= skipped
        rest = rest.subarray(skipped)
      } else {
        const taken = rest.subarray(0, BLOCK - pending.length)
        pending = Buffer.concat([pending, taken])
        rest = rest.subarray(taken.length)
        if (pending.length < BLOCK) return
        const block = pending
        pending = Buffer.alloc(0)
        onHeader(block)
      }
    }
  }

  /** Bytes of an open file that have not come. */
  return {feed, missing: () => (body.kind === 'file' ? body.left : 0)}
}

const untilNul = (bytes: Buffer): string => {
  const end = bytes.indexOf(0)
  return bytes.toString('latin1', 0, end === -1 ? bytes.length : end)
}

function nameIn(block: Buffer): string {
  const name = untilNul(block.subarray(0, 100))
  const prefix =
    block.toString('latin1', 257, 262) === 'ustar' && block[262] === 0 ? untilNul(block.subarray(345, 500)) : ''
  return prefix === '' ? name : `${prefix}/${name}`
}

const relative = (path: string): string => path.replace(/^(?:\.\/)+/, '')
