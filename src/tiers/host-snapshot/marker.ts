import type {CheckpointSizes} from '../../core/checkpoint.js'
import {providerError} from '../../core/errors.js'

/** Reads the sizes from what a script printed of a marker. Nothing is stored: the blocks are the source's. */
export function sizesIn(output: string): CheckpointSizes {
  const [, entries, bytes] = /"entries":(\d+),"bytes":(\d+)/.exec(output) ?? []
  if (entries === undefined || bytes === undefined)
    throw providerError(
      'SNAPSHOT_DAMAGED',
      'the marker of a saved state on the host is damaged',
      'Delete the checkpoint.',
    )
  return {content: Number(bytes), stored: 0, entries: Number(entries)}
}
