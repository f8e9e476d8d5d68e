import type {Entry} from './entry.js'
import type {Place} from './place.js'
import {readOnHost, worthReading} from './read-on-host.js'
import type {Stat} from './stat.js'

/** The largest file whose size fits into the header of every tar. */
const LARGEST = 8 * 2 ** 30 - 1

/** Files of a workdir, told apart by whether their content is stored already. */
export interface Sorted {
  /** Entries that borrow their content. */
  readonly known: readonly Entry[]
  /** What has to be read from the host. */
  readonly rest: readonly Stat[]
}

/**
 * Finds files whose content a stored tree has, whatever they are called and however new they are: the host hashes those that have
 * the size of one. A file that is touched meanwhile counts as new, and so does one with extended attributes or holes: its header
 * cannot be written from a listing.
 * @param changed what is to be saved
 * @param taken entries of the new checkpoint that are stored already; no other may borrow from their places
 * @param stored the tree that content is borrowed from
 */
export async function sortByContent(
  place: Place,
  changed: readonly Stat[],
  taken: Iterable<Entry>,
  stored: Iterable<Entry>,
): Promise<Sorted> {
  if (!worthReading(changed)) return {known: [], rest: changed}
  const lenders = lendersBySize(stored, taken)
  if (lenders.size === 0) return {known: [], rest: changed}
  const found = await readOnHost(place, candidatesAmong(changed, lenders), ({size}, sha256) =>
    take(lenders.get(size), sha256),
  )
  const known = found.map(({stat, as}) => borrowed(stat, as))
  const lent = new Set(known.map(entry => entry.path))
  return {known, rest: changed.filter(stat => !lent.has(stat.path))}
}

/** Lenders of one size, by their hash. Each lends once: a layer is read from its beginning to its end. */
type Lenders = Map<number, Map<string, Entry[]>>

function lendersBySize(stored: Iterable<Entry>, taken: Iterable<Entry>): Lenders {
  const places = new Set([...taken].map(placeOf))
  const lenders: Lenders = new Map()
  for (const entry of stored) {
    const whole = entry.type === 'file' && entry.hardlink === '' && entry.size > 0 && entry.length > entry.size
    if (!whole || places.has(placeOf(entry))) continue
    const sameSize = lenders.get(entry.size) ?? new Map<string, Entry[]>()
    lenders.set(entry.size, sameSize)
    const same = sameSize.get(entry.sha256)
    if (same === undefined) sameSize.set(entry.sha256, [entry])
    else same.push(entry)
  }

  return lenders
}

const placeOf = ({layer, at}: Entry): string => `${layer} ${at}`

/** First come, first served: in the order of the tree, mostly the file that had the same name. */
const take = (lenders: ReadonlyMap<string, Entry[]> | undefined, hash: string | null): Entry | null =>
  (hash === null ? undefined : lenders?.get(hash)?.shift()) ?? null

function candidatesAmong(changed: readonly Stat[], lenders: Lenders): Stat[] {
  const names = new Map<string, number>()
  for (const {inode} of changed) names.set(inode, (names.get(inode) ?? 0) + 1)
  return changed.filter(
    ({type, size, ctime, inode}) =>
      type === 'file' && size <= LARGEST && ctime !== '' && names.get(inode) === 1 && lenders.has(size),
  )
}

const borrowed = ({path, mode, uid, gid, size, mtime}: Stat, {sha256, layer, at, length}: Entry): Entry => ({
  ...{path, type: 'file', mode, uid, gid, size, mtime, target: '', hardlink: '', sha256, attributes: ''},
  ...{layer, at, length, borrowed: true},
})
