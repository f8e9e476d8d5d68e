import {providerError} from '../core/errors.js'
import type {Entry, EntryType, Tree} from './entry.js'
import type {LayerDescriptor} from './layer/descriptor.js'
import {parentOf, readable} from './stat.js'

/** An entry as a manifest file keeps it: position instead of names, since a tree has tens of thousands. */
export type Row = readonly [
  path: string,
  type: string,
  mode: number,
  uid: number,
  gid: number,
  size: number,
  mtime: string,
  target: string,
  hardlink: string,
  sha256: string,
  attributes: string,
  layer: number,
  at: number,
  length: number,
  borrowed?: 1,
]

const LETTERS: Readonly<Record<EntryType, string>> = {file: 'f', directory: 'd', symlink: 'l', fifo: 'p'}
const TYPES = new Map<string, EntryType>(Object.entries(LETTERS).map(([type, letter]) => [letter, type as EntryType]))

export function encodeRow(e: Entry, layers: ReadonlyMap<string, number>): Row {
  const row = [
    e.path,
    LETTERS[e.type],
    e.mode,
    e.uid,
    e.gid,
    e.size,
    e.mtime,
    e.target,
    e.hardlink,
    e.sha256,
    e.attributes,
    layers.get(e.layer) ?? -1,
    e.at,
    e.length,
  ] as const
  return e.borrowed === undefined ? row : [...row, 1]
}

/** @throws {CrabboxError} `MANIFEST_CORRUPT` */
export function decodeRow(row: Row, layers: readonly LayerDescriptor[]): Entry {
  // By their places: taken apart all at once, a row costs twice as much.
  const type = TYPES.get(row[1])
  const layer = layers[row[11]]?.name
  if (type === undefined || layer === undefined || typeof row[0] !== 'string') throw bad('an entry that makes no sense')
  const entry: Entry = {
    path: row[0],
    type,
    mode: row[2],
    uid: row[3],
    gid: row[4],
    size: row[5],
    mtime: row[6],
    target: row[7],
    hardlink: row[8],
    sha256: row[9],
    attributes: row[10],
    layer,
    at: row[12],
    length: row[13],
  }
  return row[14] === undefined ? entry : {...entry, borrowed: true}
}

/** A NUL, or a component that is empty, `.` or `..`. */
const UNSAFE = /\0|(?:^|\/)\.{0,2}(?:\/|$)/

/**
 * Checks what a hostile or damaged manifest could use to write elsewhere: absolute paths, `..`, a parent that is no
 * directory (a link among them), another name of anything but something of the same type in the tree.
 * @throws {CrabboxError} `MANIFEST_CORRUPT`
 */
export function checkEntry(entry: Entry, tree: Tree, layers: ReadonlyMap<string, LayerDescriptor>): void {
  const {path} = entry
  if (path !== '' && UNSAFE.test(path)) {
    throw bad(`the path ${JSON.stringify(readable(path))}`)
  }

  if (path === '' && entry.type !== 'directory') throw bad('a root that is no directory')
  if (path !== '' && tree.get(parentOf(path))?.type !== 'directory')
    throw bad(`${readable(path)}, whose parent is no directory`)
  if (entry.hardlink !== '') {
    const first = tree.get(entry.hardlink)
    if (first === undefined || first.type === 'directory' || first.type !== entry.type || first.hardlink !== '')
      throw bad(`${readable(path)}, a hard link to nothing`)
  }

  if (entry.borrowed !== undefined && !canBorrow(entry)) throw bad(`${readable(path)}, which cannot borrow its content`)
  if (!layers.has(entry.layer) || !isPlace(entry)) throw bad(`${readable(path)}, which no layer holds`)
}

const isPlace = ({at, length}: Entry): boolean =>
  Number.isSafeInteger(at) && Number.isSafeInteger(length) && length > 0 && at >= 0 && Number.isSafeInteger(at + length)

/** What a header is written from has no other witness than the manifest. */
const canBorrow = ({type, hardlink, attributes, mtime, mode, uid, gid, size}: Entry): boolean =>
  type === 'file' &&
  hardlink === '' &&
  attributes === '' &&
  /^-?\d+\.\d{9}$/.test(mtime) &&
  [mode, uid, gid, size].every(number => Number.isSafeInteger(number) && number >= 0) &&
  mode <= 0o7777

const bad = (what: string): Error =>
  providerError(
    'MANIFEST_CORRUPT',
    `the checkpoint's manifest is damaged: it names ${what}`,
    'Put the file back from a backup, or delete the checkpoint.',
  )
