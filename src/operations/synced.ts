import {readFile} from 'node:fs/promises'
import {join} from 'node:path'

import type {LeaseId} from '../core/ids.js'
import {writeDurably} from '../state/files.js'
import {isObject} from '../state/json.js'
import {statePaths} from '../state/paths.js'

/** What syncs brought to a lease: paths in the checkout, each with the change time that the file had here then; empty: not known. */
export type Synced = ReadonlyMap<string, string>

const fileOf = (stateDir: string, lease: LeaseId): string => join(statePaths(stateDir).synced, `${lease}.json`)

/** What earlier syncs brought to a lease. Nothing where that is not known, and then nothing is removed. */
export async function readSynced(stateDir: string, lease: LeaseId): Promise<Synced> {
  try {
    const known: unknown = JSON.parse(await readFile(fileOf(stateDir, lease), 'utf8'))
    // Once, paths were all that was noted.
    if (Array.isArray(known)) return new Map(known.filter(path => typeof path === 'string').map(path => [path, '']))
    const pairs = Object.entries(isObject(known) ? known : {})
    return new Map(pairs.map(([path, time]) => [path, typeof time === 'string' ? time : '']))
  } catch {
    return new Map()
  }
}

export const writeSynced = (stateDir: string, lease: LeaseId, synced: Synced): Promise<void> =>
  writeDurably(fileOf(stateDir, lease), JSON.stringify(Object.fromEntries(synced)))
