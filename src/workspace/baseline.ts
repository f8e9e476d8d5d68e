import {createHash} from 'node:crypto'
import {open, readFile, rm} from 'node:fs/promises'
import {join} from 'node:path'

import type {Context} from '../core/context.js'
import {reasonOf} from '../core/errors.js'
import type {CheckpointId, LeaseId} from '../core/ids.js'
import {writeDurably} from '../state/files.js'
import {decodeBaseline, encodeBaseline, HEADER_BYTES, namedIn, type Baseline} from './baseline-text.js'
import type {Stat} from './stat.js'

/**
 * `current`: the workdir as it is, `undo`: the tree that the last restore replaced; both to go by for archives. `snapshot`: the
 * workdir as it is, compared with a host snapshot, which leaves alone what is known of archives.
 */
export type BaselineKind = 'current' | 'undo' | 'snapshot'

/** One file for every workdir of a lease that was ever saved or restored. */
export function baselineFile(directory: string, lease: LeaseId, workdir: string, kind: BaselineKind): string {
  const place = createHash('sha256').update(workdir).digest('hex').slice(0, 12)
  return join(directory, `${lease}.${place}${kind === 'current' ? '' : `.${kind}`}.stats`)
}

/** Both baselines of a workdir that archives go by. */
export const baselineFiles = (
  directory: string,
  lease: LeaseId,
  workdir: string,
): {readonly current: string; readonly undo: string} => ({
  current: baselineFile(directory, lease, workdir, 'current'),
  undo: baselineFile(directory, lease, workdir, 'undo'),
})

export async function writeBaseline(file: string, checkpoint: CheckpointId, stats: readonly Stat[]): Promise<void> {
  await writeDurably(file, await encodeBaseline(checkpoint, stats))
}

/** Null where there is none. A damaged one counts as none: it only saves work. */
export async function readBaseline(file: string): Promise<Baseline | null> {
  const content = await readFile(file).catch(() => null)
  return content === null ? null : decodeBaseline(content)
}

/** The checkpoint of a baseline, without reading the rest. */
export async function baselineCheckpoint(file: string): Promise<CheckpointId | null> {
  try {
    await using handle = await open(file)
    const {buffer, bytesRead} = await handle.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0)
    return namedIn(buffer.subarray(0, bytesRead))
  } catch {
    return null
  }
}

/** See `noteOrForget`. */
export const noteBaseline = (
  file: string,
  checkpoint: CheckpointId,
  stats: readonly Stat[],
  context: Pick<Context, 'progress'>,
): Promise<void> => noteOrForget(file, writeBaseline(file, checkpoint, stats), context)

/**
 * Notes a baseline after a deed that is done, and is not undone for this: where it cannot be noted it is forgotten, which costs the next command
 * time and nothing else.
 */
export async function noteOrForget(
  file: string,
  noting: Promise<void>,
  {progress}: Pick<Context, 'progress'>,
): Promise<void> {
  try {
    await noting
  } catch (error) {
    await dropBaseline(file).catch(() => undefined)
    progress.warn(`how the workdir looks could not be noted, so the next command takes longer: ${reasonOf(error)}`)
  }
}

export const dropBaseline = async (file: string): Promise<void> => rm(file, {force: true})

/** True when the file cannot have changed since the baseline. The root's own change time moves with every swap. */
export function looksUntouched(now: Stat, then: Stat | undefined): boolean {
  if (now === then) return now.path === '' || now.ctime !== ''
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
