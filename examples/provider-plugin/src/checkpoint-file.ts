import {rm} from 'node:fs/promises'
import {join} from 'node:path'

import type {CheckpointSizes} from 'crabbox'

import {readJson, writeJson} from './json-file.js'
import type {LayerId} from './layers.js'
import {dropLayer} from './layers.js'

/** What is known of a checkpoint, in `checkpoints/<id>.json`. Written before its layer is claimed or made. */
export interface CheckpointFile {
  /** The topmost layer. */
  readonly layer: LayerId
  /** Null until it is whole. */
  readonly saved: {readonly sizes: CheckpointSizes; readonly warnings: readonly string[]} | null
}

/** Null: there is no such checkpoint. */
export const readCheckpoint = (directory: string, id: string): Promise<CheckpointFile | null> =>
  readJson(fileOf(directory, id))

/** Replaces what is known. */
export const writeCheckpoint = (directory: string, id: string, file: CheckpointFile): Promise<void> =>
  writeJson(fileOf(directory, id), file)

/** Gives back what a checkpoint claims, whole or half made. What is gone is success; interrupted, it can be repeated. */
export async function removeCheckpoint(directory: string, id: string): Promise<void> {
  const file = await readCheckpoint(directory, id)
  if (file === null) return
  await dropLayer(directory, file.layer, id)
  await rm(fileOf(directory, id), {force: true})
}

const fileOf = (directory: string, id: string): string => join(directory, 'checkpoints', `${id}.json`)
