import {constants} from 'node:buffer'

import type {Entry, EntryType, Tree} from './entry.js'

/** What GNU find calls them. */
const LETTERS: Readonly<Record<EntryType, string>> = {file: 'f', directory: 'd', symlink: 'l', fifo: 'p'}

/**
 * Whether what GNU find has printed of a directory says that it is exactly what was saved: all of it is there, and looks as it should, and
 * nothing else is. This costs a tenth of what taking the listing apart does, and is so nearly always; where it is not, no more is known than that
 * somebody has to look closer.
 * @param output see `LIST`
 */
export function isFilled(output: readonly Buffer[], wanted: Tree): boolean {
  const bytes = Buffer.concat(output)
  if (bytes.length > constants.MAX_STRING_LENGTH) return false
  const listing = bytes.toString('latin1')
  const missing = new Set(wanted.values())
  const next = (at: number): number => listing.indexOf('\0', at) + 1
  const record = recordOf(listing, next)
  let at = next(0)
  if (!/^\d+\.\d+$/.test(listing.slice(0, Math.max(0, at - 1)))) return false
  while (at > 0 && at < listing.length) {
    const behind = next(at)
    const entry = wanted.get(listing.slice(at, behind - 1))
    // One that is not missing any more was there already.
    if (entry === undefined || !missing.delete(entry)) return false
    at = record(entry, behind)
  }

  return at === listing.length && missing.size === 0
}

/**
 * Compares the fields of a record that stand behind the path, in the order of `GNU_RECORDS`.
 * @returns where the record ends; 0: something is different
 */
function recordOf(listing: string, next: (at: number) => number): (entry: Entry, at: number) => number {
  return ({type, mode, size, mtime, target}, at) => {
    const looks = `${LETTERS[type]}\0${type === 'symlink' ? '' : `${mode.toString(8)}\0`}`
    if (!listing.startsWith(looks, at)) return 0
    const ownerAt = type === 'symlink' ? next(at + looks.length) : at + looks.length
    const sizeAt = next(next(ownerAt))
    const timeAt = next(sizeAt)
    if (type === 'file' && listing.slice(sizeAt, timeAt - 1) !== String(size)) return 0
    // find prints ten digits, of which the last says nothing. What is before 1970 stands there in other words.
    const changeAt = next(timeAt)
    if (changeAt - timeAt !== mtime.length + 2 || mtime.startsWith('-') || !listing.startsWith(mtime, timeAt)) return 0
    const targetAt = next(next(next(changeAt)))
    return listing.startsWith(`${target}\0`, targetAt) ? targetAt + target.length + 1 : 0
  }
}
