import {busyError} from '../core/errors.js'
import {sameEntry, type Entry, type Tree} from './entry.js'
import type {Selection} from './excludes.js'
import {parentOf, readable, type Stat} from './stat.js'
import {chooseUnit, within} from './unit.js'

/** What has to be done to make a directory equal to a tree. */
export interface RestorePlan {
  /** The smallest path that holds every change; the empty string is the directory itself. Null: nothing but directories' metadata. */
  readonly unit: string | null
  /** Entries inside the unit whose bytes or metadata must come from the store. */
  readonly send: readonly Entry[]
  /** Entries inside the unit, all of them. */
  readonly expected: readonly Entry[]
  /** Directories inside the unit that are there and whose content changes: a copy of them must be open to writing. */
  readonly open: readonly string[]
  /** Paths inside the unit to remove from the copy, children first. */
  readonly remove: readonly string[]
  /** Directories outside the unit whose mode and times are set after the swap. */
  readonly directories: readonly Entry[]
  /** Paths that are not in the checkpoint, for people. */
  readonly gone: readonly string[]
  /** Entries that change, for people. */
  readonly changes: readonly Entry[]
  readonly unchanged: number
}

/**
 * Plans a restore.
 * @param selection the directory as it is; empty when it does not exist
 * @param known what is in it, as far as that is known
 */
export function planRestore({kept, excluded}: Selection, wanted: Tree, known: ReadonlyMap<string, Entry>): RestorePlan {
  const present = new Map(kept.map(stat => [stat.path, stat]))
  const same = unchangedIn(wanted, known)
  const changes = [...wanted.values()].filter(entry => !same.has(entry.path))
  const sheltering = ancestorsOf(excluded)
  refuseExcluded([...excluded.map(stat => stat.path), ...sheltering], wanted)
  const gone = [...present.keys()].filter(path => !wanted.has(path) && !sheltering.has(path))
  const inPlace = (entry: Entry): boolean => entry.type === 'directory' && present.get(entry.path)?.type === 'directory'
  const contents = [...changes.filter(entry => !inPlace(entry)).map(entry => entry.path), ...gone]
  const unit = contents.length === 0 ? null : chooseUnit(contents)
  const send = unit === null ? [] : entriesToSend(unit, changes, contents, wanted)
  return {
    unit,
    send,
    expected: unit === null ? [] : [...wanted.values()].filter(entry => within(unit, entry.path)),
    open:
      unit === null
        ? []
        : [...new Set(contents.map(parentOf))].filter(
            path => within(unit, path) && present.get(path)?.type === 'directory',
          ),
    remove: contents.filter(path => present.has(path)).sort((a, b) => (a < b ? 1 : -1)),
    directories: directoriesOutside(unit, changes, wanted),
    gone,
    changes,
    unchanged: same.size,
  }
}

/** Entries that are on the host already. The names of one file stand or fall together. */
function unchangedIn(wanted: Tree, known: ReadonlyMap<string, Entry>): Set<string> {
  const same = new Set<string>()
  const broken = new Set<string>()
  let linked = false
  for (const entry of wanted.values()) {
    const there = known.get(entry.path)
    if (there !== undefined && sameEntry(there, entry)) same.add(entry.path)
    else broken.add(entry.hardlink === '' ? entry.path : entry.hardlink)
    linked ||= entry.hardlink !== ''
  }

  if (broken.size === 0 || !linked) return same
  for (const entry of wanted.values())
    if (broken.has(entry.hardlink === '' ? entry.path : entry.hardlink)) same.delete(entry.path)
  return same
}

/** What changed, and the directories around it, whose times the work in the copy moves. */
function entriesToSend(unit: string, changes: readonly Entry[], contents: readonly string[], wanted: Tree): Entry[] {
  const send = new Map(changes.filter(entry => within(unit, entry.path)).map(entry => [entry.path, entry]))
  for (const path of contents) {
    const holder = wanted.get(parentOf(path))
    if (path !== '' && holder !== undefined && within(unit, holder.path)) send.set(holder.path, holder)
  }

  return [...send.values()]
}

function directoriesOutside(unit: string | null, changes: readonly Entry[], wanted: Tree): Entry[] {
  const outside = new Map(
    changes.filter(entry => unit === null || !within(unit, entry.path)).map(entry => [entry.path, entry]),
  )
  // The swap itself touches the directory that holds the unit.
  const holder = unit === null || unit === '' ? undefined : wanted.get(parentOf(unit))
  if (holder !== undefined) outside.set(holder.path, holder)
  return [...outside.values()]
}

/** A directory stays as long as something in it is left out of checkpoints. */
function ancestorsOf(excluded: readonly Stat[]): Set<string> {
  const ancestors = new Set<string>()
  for (const {path} of excluded) {
    for (let at = parentOf(path); at !== '' && !ancestors.has(at); at = parentOf(at)) ancestors.add(at)
  }

  return ancestors
}

/** What checkpoints leave out is never replaced: a directory that holds such files cannot become something else. */
function refuseExcluded(paths: readonly string[], wanted: Tree): void {
  const blocked = paths.find(path => (wanted.get(path)?.type ?? 'directory') !== 'directory')
  if (blocked === undefined) return
  throw busyError(
    'EXCLUDED_IN_THE_WAY',
    `${readable(blocked)} holds files that are left out of checkpoints, and the checkpoint has a ${wanted.get(blocked)?.type} there`,
    'Move them away and try again.',
  )
}
