import {createHash} from 'node:crypto'

import {tarTime} from '../time.js'
import {corrupt} from './corrupt.js'
import type {PaxRecords} from './pax.js'

/** Tar works in blocks of this many bytes. */
export const BLOCK = 512

export type TarType = 'file' | 'hardlink' | 'symlink' | 'directory' | 'fifo'

/**
 * What the headers of one entry say. Strings hold one byte a character, since a file name is bytes and nothing more.
 * `size` is what the file has on the lease; `stored` is what follows in the archive, which is less for a sparse file.
 */
export interface TarHeader {
  readonly path: string
  readonly type: TarType
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly size: number
  readonly stored: number
  readonly mtime: string
  /** When the file was last changed in any way, where the tar of the host says that; else empty. */
  readonly changed: string
  /** Where a symbolic or a hard link points; empty for other types. */
  readonly target: string
  /** A digest of extended attributes and ACLs; null where there are none. */
  readonly attributes: string | null
  readonly sparse: boolean
}

/** How a header tells the type of its entry. */
export const TYPE_FLAGS: Readonly<Record<TarType, string>> = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  directory: '5',
  fifo: '6',
}

// The oldest tars leave the flag of a file empty.
const TYPES: ReadonlyMap<string, TarType> = new Map([
  ['\0', 'file'],
  ...Object.entries(TYPE_FLAGS).map(([type, flag]) => [flag, type as TarType] as const),
])

/**
 * Decodes a header block together with the pax records before it.
 * @throws {CrabboxError} `LAYER_CORRUPT` for a bad checksum and for types that a layer never holds, device nodes included
 */
export function decodeHeader(block: Buffer, pax: PaxRecords): TarHeader {
  const flag = String.fromCharCode(block[156] ?? 0)
  const type = TYPES.get(flag)
  if (type === undefined) throw corrupt(`an entry of type ${JSON.stringify(flag)}, which no layer may hold`)
  const sparse = pax.get('GNU.sparse.major') === '1'
  const stored = pax.has('size') ? Number(pax.get('size')) : number(block, 124, 12)
  const size = sparse ? Number(pax.get('GNU.sparse.realsize') || Number.NaN) : stored
  if (![stored, size].every(bytes => Number.isSafeInteger(bytes) && bytes >= 0))
    throw corrupt('an entry with an impossible size')
  const prefix = text(block, 345, 155)
  const name = text(block, 0, 100)
  return {
    path: relative(pax.get('GNU.sparse.name') ?? pax.get('path') ?? (prefix === '' ? name : `${prefix}/${name}`)),
    type,
    mode: number(block, 100, 8) & 0o7777,
    uid: pax.has('uid') ? Number(pax.get('uid')) : number(block, 108, 8),
    gid: pax.has('gid') ? Number(pax.get('gid')) : number(block, 116, 8),
    size,
    stored,
    mtime: tarTime(pax.get('mtime') ?? String(number(block, 136, 12))),
    changed: pax.has('ctime') ? tarTime(pax.get('ctime') ?? '') : '',
    target: type === 'hardlink' ? relative(link(block, pax)) : type === 'symlink' ? link(block, pax) : '',
    attributes: attributesOf(pax),
    sparse,
  }
}

/** Where a header has the sum of its bytes, in which these places count as spaces. */
const CHECKSUM = {at: 148, bytes: 8}

/** True when the block's checksum is right. */
export function checksumHolds(block: Buffer): boolean {
  // Loops without a condition are faster than one with it, and four bytes a turn than one: there are two headers or three to a file.
  let sum = CHECKSUM.bytes * 0x20
  for (let i = 0; i < BLOCK; i += 4)
    sum += (block[i] ?? 0) + (block[i + 1] ?? 0) + (block[i + 2] ?? 0) + (block[i + 3] ?? 0)
  for (let i = CHECKSUM.at; i < CHECKSUM.at + CHECKSUM.bytes; i++) sum -= block[i] ?? 0
  return sum === number(block, CHECKSUM.at, CHECKSUM.bytes)
}

/** Octal digits, or the base-256 form that GNU tar uses for numbers too large for them. */
export function number(block: Buffer, offset: number, length: number): number {
  const first = block[offset] ?? 0
  if ((first & 0x80) !== 0) {
    let value = first === 0xff ? -1 : first & 0x7f
    for (let i = offset + 1; i < offset + length; i++) value = value * 256 + (block[i] ?? 0)
    return value
  }

  return octal(block, offset, offset + length)
}

/** A text would take as long as the rest of a header, of which every file has two. NaN for what is neither digits nor nothing. */
function octal(block: Buffer, start: number, end: number): number {
  let at = start
  while (at < end && block[at] === SPACE) at++
  const first = at
  let value = 0
  for (; at < end; at++) {
    const digit = (block[at] ?? 0) - ZERO
    if (digit < 0 || digit > 7) break
    value = value * 8 + digit
  }

  const stopped = at === end || block[at] === 0
  return at > first || stopped ? value : Number.NaN
}

const SPACE = 0x20
const ZERO = 0x30

const link = (block: Buffer, pax: PaxRecords): string => pax.get('linkpath') ?? text(block, 157, 100)

/** `./a/b/` and `a/b` are the same path; the root is the empty string. */
function relative(path: string): string {
  let start = 0
  while (path.startsWith('./', start)) start += 2
  let end = path.length
  while (end > start && path[end - 1] === '/') end--
  const trimmed = path.slice(start, end)
  return trimmed === '.' ? '' : trimmed
}

function text(block: Buffer, offset: number, length: number): string {
  const end = block.indexOf(0, offset)
  return block.toString('latin1', offset, end === -1 || end > offset + length ? offset + length : end)
}

/** Extended attributes, ACLs and labels. Others that begin so, such as inode numbers, are bsdtar's notes to itself. */
const ATTRIBUTE = /^(?:SCHILY\.(?:xattr|acl)\.|LIBARCHIVE\.xattr\.|RHT\.)/

function attributesOf(pax: PaxRecords): string | null {
  let records: [string, string][] | null = null
  for (const [key, value] of pax) if (ATTRIBUTE.test(key)) (records ??= []).push([key, value])
  if (records === null) return null
  const hash = createHash('sha256')
  for (const [key, value] of records.sort(([a], [b]) => (a < b ? -1 : 1))) hash.update(`${key}\0${value}\0`, 'latin1')
  return hash.digest('hex').slice(0, 16)
}
