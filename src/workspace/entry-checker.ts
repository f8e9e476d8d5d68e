import {contentHash} from './content-hash.js'
import type {Entry} from './entry.js'
import type {LayerDescriptor} from './layer/descriptor.js'
import {damaged} from './layer/reader.js'
import {readable} from './stat.js'
import {padding, paxHeader} from './tar/build.js'
import type {TarHeader} from './tar/header.js'
import {createTarParser, MAX_EXTENDED, type TarParser} from './tar/parser.js'
import {zeros} from './zeros.js'

/**
 * A parser that accepts exactly the expected entries, at their places, with their content.
 * @param lend gets what becomes of those that borrow their content: a header of their own, and the content
 */
export function entryChecker(
  layer: LayerDescriptor,
  wanted: readonly Entry[],
  lend: (bytes: Buffer) => void,
): TarParser {
  let next = 0
  const content = contentHash()
  let file = false
  let borrower: Entry | null = null
  const refuse = (entry: Entry | undefined, why: string): never => {
    throw damaged(layer, `${entry === undefined ? 'an entry' : readable(entry.path)} ${why}`)
  }

  return createTarParser({
    entry: (header, at) => {
      const entry = wanted[next]
      if (entry === undefined || at !== entry.at || !(entry.borrowed === true ? lends : describes)(header, entry))
        return refuse(entry, 'is not what the manifest says')
      borrower = entry.borrowed === true ? entry : null
      if (borrower !== null) lend(paxHeader(borrower))
      file = header.type === 'file'
      content.begin(header)
    },
    data: chunk => {
      content.data(chunk)
      if (borrower !== null) lend(chunk)
    },
    hole: length => {
      content.hole(length)
      if (borrower !== null) for (const piece of zeros(length)) lend(piece)
    },
    entryEnd: length => {
      const entry = wanted[next]
      if (length !== entry?.length || (file && content.digest() !== entry.sha256))
        refuse(entry, 'does not have the recorded content')
      if (borrower !== null) lend(padding(borrower.size))
      next += 1
    },
  })
}

/**
 * Whether there is content to borrow. Tar writes files as if they had holes that have next to none, or none at all, where a file system
 * says that they take fewer blocks than bytes. Holes that are larger than any header are not filled with zeros in memory.
 */
const lends = (header: TarHeader, entry: Entry): boolean =>
  header.type === 'file' && header.size === entry.size && header.size - header.stored <= MAX_EXTENDED

function describes(header: TarHeader, entry: Entry): boolean {
  const type = entry.hardlink === '' ? entry.type : 'hardlink'
  const target = entry.hardlink === '' ? entry.target : entry.hardlink
  return (
    header.path === entry.path &&
    header.type === type &&
    header.target === target &&
    header.mode === entry.mode &&
    header.uid === entry.uid &&
    header.gid === entry.gid &&
    header.mtime === entry.mtime &&
    (header.attributes ?? '') === entry.attributes &&
    (type !== 'file' || header.size === entry.size)
  )
}
