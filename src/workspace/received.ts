import {rm} from 'node:fs/promises'
import {join} from 'node:path'

import {looksUntouched} from './baseline.js'
import type {Entry} from './entry.js'
import {hashFiles} from './hash-files.js'
import type {LayerDescriptor} from './layer/descriptor.js'
import type {Place} from './place.js'
import type {Stat} from './stat.js'

/** What an attempt at a checkpoint has received before its connection was lost: a layer of its own. */
export interface Received {
  readonly descriptor: LayerDescriptor
  /** What has come whole. */
  readonly entries: readonly Entry[]
  /** How the files looked before they were read, by path. */
  readonly stats: ReadonlyMap<string, Stat>
}

/** Removes the layers of earlier attempts, except those that are in use. */
export const dropReceived = (
  directory: string,
  received: readonly Received[],
  used: readonly string[],
): Promise<unknown> =>
  Promise.all(
    received
      .filter(({descriptor}) => !used.includes(descriptor.name))
      .map(({descriptor}) => rm(join(directory, descriptor.name), {force: true})),
  )

/**
 * Files that an earlier attempt has received, that still look as they did before, and whose content on the host is what came: nobody has to
 * send them again. What tar complained of then was lost with the connection, such as a file that it could not read and filled with zeros.
 * The names of one file belong together, since an archive holds its content under the first of them.
 */
export async function sortByReceived(
  place: Place,
  changed: readonly Stat[],
  received: readonly Received[],
): Promise<{readonly again: readonly Entry[]; readonly rest: readonly Stat[]}> {
  if (received.length === 0) return {again: [], rest: changed}
  const here = new Map<string, Entry>()
  for (const {entries, stats} of received) {
    const fresh = new Map(entries.map(entry => [entry.path, entry]))
    for (const stat of changed) {
      const entry = fresh.get(stat.path)
      if (entry !== undefined && looksUntouched(stat, stats.get(stat.path))) here.set(stat.path, entry)
    }
  }

  for (const path of await otherContent(place, here)) here.delete(path)
  const broken = new Set(changed.filter(({path}) => !here.has(path)).map(({inode}) => inode))
  const is = ({type, path, inode}: Stat): boolean => here.has(path) && !(type === 'file' && broken.has(inode))
  return {
    again: changed.filter(is).flatMap(({path}) => here.get(path) ?? []),
    rest: changed.filter(stat => !is(stat)),
  }
}

/** Files of which the host does not say that they hold what their entries hold. */
async function otherContent(
  {transport, root, tools, signal}: Place,
  here: ReadonlyMap<string, Entry>,
): Promise<string[]> {
  const files = [...here.values()].filter(({type, hardlink}) => type === 'file' && hardlink === '')
  const hashes = tools.hashes ? await hashFiles(transport, root, files, 'live', signal) : []
  return files.filter(({sha256}, i) => hashes[i] !== sha256).map(({path}) => path)
}
