import {createHash} from 'node:crypto'
import {readFile, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {gunzip, gzip} from 'node:zlib'

import type {CheckpointId, LeaseId} from '../core/ids.js'
import {writeDurably} from '../state/files.js'
import type {Stat} from './stat.js'

/**
 * How the files of a workdir looked on their host when they were last equal to a checkpoint, inode numbers and change
 * times included. A file that still looks so has the checkpoint's content: the kernel lets nobody set a change time.
 * Modification times alone are not enough, since package managers give every file of every version the same one.
 */
export interface Baseline {
  readonly checkpoint: CheckpointId
  readonly stats: ReadonlyMap<string, Stat>
}

/** `current`: the workdir as it is. `undo`: the tree that the last restore replaced. */
export type BaselineKind = 'current' | 'undo'

interface BaselineFile {
  readonly version: 1
  readonly checkpoint: CheckpointId
  readonly stats: readonly Stat[]
}

const zip = promisify<Buffer, {level: number}, Buffer>(gzip)
const unzip = promisify<Buffer, Buffer>(gunzip)

/** One file for every workdir of a lease that was ever saved or restored. */
export function baselineFile(directory: string, lease: LeaseId, workdir: string, kind: BaselineKind): string {
  const place = createHash('sha256').update(workdir).digest('hex').slice(0, 12)
  return join(directory, `${lease}.${place}${kind === 'undo' ? '.undo' : ''}.json.gz`)
}

export async function writeBaseline(file: string, checkpoint: CheckpointId, stats: readonly Stat[]): Promise<void> {
  const content: BaselineFile = {version: 1, checkpoint, stats}
  await writeDurably(file, await zip(Buffer.from(JSON.stringify(content)), {level: 1}))
}

/** Null where there is none. A damaged one counts as none: it only saves work. */
export async function readBaseline(file: string): Promise<Baseline | null> {
  try {
    const content = JSON.parse((await unzip(await readFile(file))).toString('utf8')) as BaselineFile
    if (content.version !== 1) return null
    return {checkpoint: content.checkpoint, stats: new Map(content.stats.map(stat => [stat.path, stat]))}
  } catch {
    return null
  }
}

export const dropBaseline = async (file: string): Promise<void> => rm(file, {force: true})

/** True when the file cannot have changed since the baseline. The root's own change time moves with every swap. */
export function looksUntouched(now: Stat, then: Stat | undefined): boolean {
  if (
    then === undefined ||
    now.type !== then.type ||
    now.mode !== then.mode ||
    now.uid !== then.uid ||
    now.gid !== then.gid
  )
    return false
  if (now.mtime !== then.mtime || now.size !== then.size || now.target !== then.target) return false
  if (now.path === '') return true
  return now.ctime !== '' && now.ctime === then.ctime && now.inode === then.inode
}
