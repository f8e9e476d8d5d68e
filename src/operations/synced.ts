import {readFile} from 'node:fs/promises'
import {join} from 'node:path'

import type {LeaseId} from '../core/ids.js'
import {writeDurably} from '../state/files.js'
import {statePaths} from '../state/paths.js'

const fileOf = (stateDir: string, lease: LeaseId): string => join(statePaths(stateDir).synced, `${lease}.json`)

/** What the last sync brought to a lease. Nothing where that is not known, and then nothing is removed. */
export async function readSynced(stateDir: string, lease: LeaseId): Promise<string[]> {
  try {
    const paths: unknown = JSON.parse(await readFile(fileOf(stateDir, lease), 'utf8'))
    return Array.isArray(paths) ? paths.filter(path => typeof path === 'string') : []
  } catch {
    return []
  }
}

export const writeSynced = (stateDir: string, lease: LeaseId, paths: readonly string[]): Promise<void> =>
  writeDurably(fileOf(stateDir, lease), JSON.stringify(paths))
