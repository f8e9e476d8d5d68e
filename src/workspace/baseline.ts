import {createHash} from 'node:crypto'
import {open, readFile, rm} from 'node:fs/promises'
import {join} from 'node:path'

import type {Context} from '../core/context.js'
import {reasonOf} from '../core/errors.js'
import type {CheckpointId, LeaseId} from '../core/ids.js'
import {writeDurably} from '../state/files.js'
import {inSlices} from './in-slices.js'
import {parseStats, serializeStat} from './stat-text.js'
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

/** A line that names the checkpoint; what follows is for the machine alone, and written and read several times with every command. */
const HEADER = /^crabbox-baseline 3 (chk_[0-9a-f]{16})\n/
const HEADER_BYTES = 64

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

/** What a baseline's file holds. It is made piece by piece, while there may be others to wait for. */
export async function encodeBaseline(checkpoint: CheckpointId, stats: readonly Stat[]): Promise<Buffer> {
  // Joined, the text is one piece of memory from the start; added up, it would be as many as there are fields.
  const rows: string[] = []
  await inSlices(stats, stat => rows.push(serializeStat(stat)))
  return Buffer.from(`${headerOf(checkpoint)}${rows.join('')}`, 'latin1')
}

/** Characters that are kept as a string at the most, where the garbage collector has to look after them. */
const PIECE = 1 << 18

/** Makes what `encodeBaseline` makes of stats that are there one after the other. */
export function baselineWriter(): {
  readonly add: (stat: Stat) => void
  readonly finish: (checkpoint: CheckpointId) => Buffer
} {
  const pieces: Buffer[] = []
  let text = ''
  const flush = (): void => {
    pieces.push(Buffer.from(text, 'latin1'))
    text = ''
  }

  return {
    add: stat => {
      text += serializeStat(stat)
      if (text.length > PIECE) flush()
    },
    finish: checkpoint => {
      flush()
      return Buffer.concat([Buffer.from(headerOf(checkpoint)), ...pieces])
    },
  }
}

const headerOf = (checkpoint: CheckpointId): string => `crabbox-baseline 3 ${checkpoint}\n`

/** Null where there is none. A damaged one counts as none: it only saves work. */
export async function readBaseline(file: string): Promise<Baseline | null> {
  const text = await readFile(file, 'latin1').catch(() => '')
  const header = HEADER.exec(text)
  const stats = header === null ? null : await parseStats(text.slice(header[0].length))
  return stats === null
    ? null
    : {checkpoint: header?.[1] as CheckpointId, stats: new Map(stats.map(stat => [stat.path, stat]))}
}

/** The checkpoint of a baseline, without reading the rest. */
export async function baselineCheckpoint(file: string): Promise<CheckpointId | null> {
  try {
    await using handle = await open(file)
    const {buffer, bytesRead} = await handle.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0)
    return (HEADER.exec(buffer.toString('utf8', 0, bytesRead))?.[1] ?? null) as CheckpointId | null
  } catch {
    return null
  }
}

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
