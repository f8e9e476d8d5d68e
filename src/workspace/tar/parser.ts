import {corrupt} from './corrupt.js'
import {BLOCK, checksumHolds, decodeHeader, number, type TarHeader} from './header.js'
import {decodePax, NO_RECORDS, type PaxRecords} from './pax.js'
import {sparseReader, type ContentSink} from './sparse.js'

/** Receives the entries of a tar stream in order. An exception thrown here comes out of `feed`. */
export interface TarSink extends ContentSink {
  /** `at` is the offset of the entry's first header block. */
  readonly entry: (header: TarHeader, at: number) => void
  /** The entry is complete. `length` counts its headers, body and padding. */
  readonly entryEnd: (length: number) => void
}

export interface TarParser {
  /** Consumes bytes of any length. */
  readonly feed: (chunk: Buffer) => void
  /** The next byte fed lies at this offset. Only between entries. */
  readonly seek: (offset: number) => void
  /** True after the end-of-archive mark. */
  readonly finished: () => boolean
  /** True when the next byte begins an entry. */
  readonly idle: () => boolean
}

const NOTHING = Buffer.alloc(0)

/** The largest extended header that is believed: attributes are far smaller, and a hostile one must not fill the memory. */
export const MAX_EXTENDED = 16 << 20

/**
 * A tar parser that works on raw bytes and offsets: the engine copies entries from layer to layer and to hosts as they
 * are, so that nothing it does not know about is lost.
 */
export function createTarParser(sink: TarSink): TarParser {
  let offset = 0
  let start = 0
  let state: 'header' | 'extended' | 'body' | 'padding' | 'end' = 'header'
  let pending: Buffer = NOTHING
  let pax: PaxRecords = NO_RECORDS
  let begun = false
  let left = 0
  let padding = 0
  let sparse: ReturnType<typeof sparseReader> | null = null

  const feed = (chunk: Buffer): void => {
    let rest = chunk
    while (rest.length > 0 && state !== 'end') rest = STEPS[state](rest)
  }

  /** Collects `size` bytes across chunks; null while some are missing. */
  const collect = (chunk: Buffer, size: number): {whole: Buffer | null; rest: Buffer} => {
    const take = chunk.subarray(0, size - pending.length)
    offset += take.length
    const whole = pending.length === 0 ? take : Buffer.concat([pending, take])
    const complete = whole.length === size
    // A chunk belongs to the stream it came from, so what waits for more is copied.
    pending = complete ? NOTHING : Buffer.from(whole)
    return {whole: complete ? whole : null, rest: chunk.subarray(take.length)}
  }

  const onHeader = (chunk: Buffer): Buffer => {
    if (!begun && pending.length === 0) start = offset
    const {whole: block, rest} = collect(chunk, BLOCK)
    if (block === null) return rest
    if (!begun && block[0] === 0 && block.every(byte => byte === 0)) {
      state = 'end'
      return rest
    }

    if (!checksumHolds(block)) throw corrupt('a header whose checksum is wrong')
    begun = true
    if (block[156] === 0x78) {
      left = number(block, 124, 12)
      if (!(left >= 0 && left <= MAX_EXTENDED)) throw corrupt('an extended header of an impossible size')
      state = 'extended'
      return rest
    }

    openEntry(decodeHeader(block, pax))
    return rest
  }

  const onExtended = (chunk: Buffer): Buffer => {
    const {whole, rest} = collect(chunk, Math.ceil(left / BLOCK) * BLOCK)
    if (whole === null) return rest
    pax = decodePax(whole.subarray(0, left))
    state = 'header'
    return rest
  }

  const openEntry = (header: TarHeader): void => {
    pax = NO_RECORDS
    if (header.type !== 'file' && header.stored !== 0) throw corrupt('a body where none belongs')
    sink.entry(header, start)
    left = header.stored
    padding = (BLOCK - (left % BLOCK)) % BLOCK
    sparse = header.sparse ? sparseReader(header.size, sink) : null
    state = 'body'
    if (left === 0) closeBody()
  }

  const onBody = (chunk: Buffer): Buffer => {
    const part = chunk.subarray(0, left)
    offset += part.length
    left -= part.length
    if (sparse === null) sink.data(part)
    else sparse.feed(part)
    if (left === 0) closeBody()
    return chunk.subarray(part.length)
  }

  const closeBody = (): void => {
    sparse?.end()
    state = 'padding'
    if (padding === 0) closeEntry()
  }

  const onPadding = (chunk: Buffer): Buffer => {
    const part = Math.min(padding, chunk.length)
    offset += part
    padding -= part
    if (padding === 0) closeEntry()
    return chunk.subarray(part)
  }

  const closeEntry = (): void => {
    state = 'header'
    begun = false
    sink.entryEnd(offset - start)
  }

  const STEPS = {header: onHeader, extended: onExtended, body: onBody, padding: onPadding}
  const idle = (): boolean => state === 'end' || (state === 'header' && !begun && pending.length === 0)
  return {
    feed,
    idle,
    finished: () => state === 'end',
    seek: to => {
      if (!idle()) throw corrupt('an entry that is longer than its manifest says')
      offset = to
    },
  }
}
