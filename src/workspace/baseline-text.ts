import {setImmediate} from 'node:timers/promises'

import type {CheckpointId} from '../core/ids.js'
import {inSlices} from './in-slices.js'
import {listingParser} from './parse-listing.js'
import {parseStats, PIECE, serializeStat} from './stat-text.js'
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

/** A line that names the checkpoint; what follows is for the machine alone, and written and read several times with every command. */
const HEADER = /^crabbox-baseline ([34]) (chk_[0-9a-f]{16})\n/

/** Bytes at the most of that line. */
export const HEADER_BYTES = 64

/** What is behind the header: stats as text, or a listing as its host has printed it. */
type Form = '3' | '4'

const headerOf = (checkpoint: CheckpointId, form: Form): string => `crabbox-baseline ${form} ${checkpoint}\n`

/** What a baseline's file holds. It is made piece by piece, while there may be others to wait for. */
export async function encodeBaseline(checkpoint: CheckpointId, stats: readonly Stat[]): Promise<Buffer> {
  // Joined, the text is one piece of memory from the start; added up, it would be as many as there are fields.
  const rows: string[] = []
  await inSlices(stats, stat => rows.push(serializeStat(stat)))
  return Buffer.from(`${headerOf(checkpoint, '3')}${rows.join('')}`, 'latin1')
}

/** The same where it is all that a listing says. Who reads it takes it apart, which many never do. */
export const encodeListing = (checkpoint: CheckpointId, output: readonly Buffer[]): Buffer =>
  Buffer.concat([Buffer.from(headerOf(checkpoint, '4')), ...output])

/** The checkpoint that a file's first bytes name; null where they are of no baseline. */
export const namedIn = (head: Buffer): CheckpointId | null => parseHeader(head)?.checkpoint ?? null

/** Null where it is damaged. */
export async function decodeBaseline(content: Buffer): Promise<Baseline | null> {
  const header = parseHeader(content)
  if (header === null) return null
  const {checkpoint, form, length} = header
  const behind = content.subarray(length)
  const stats = form === '4' ? await parseListed(behind) : await parseStats(behind.toString('latin1'))
  return stats === null ? null : {checkpoint, stats: new Map(stats.map(stat => [stat.path, stat]))}
}

function parseHeader(content: Buffer): {checkpoint: CheckpointId; form: Form; length: number} | null {
  const found = HEADER.exec(content.toString('latin1', 0, HEADER_BYTES))
  if (found === null) return null
  const [{length}, form, checkpoint] = found
  return {checkpoint: checkpoint as CheckpointId, form: form as Form, length}
}

async function parseListed(listing: Buffer): Promise<readonly Stat[] | null> {
  const parser = listingParser()
  for (let at = 0; at < listing.length; at += PIECE) {
    if (at > 0) await setImmediate()
    parser.feed(listing.subarray(at, at + PIECE))
  }

  const {stats} = parser.finish()
  return parser.fault() === null ? stats : null
}
