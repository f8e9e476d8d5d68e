import type {Stored} from '../../core/checkpoint.js'
import type {Context} from '../../core/context.js'
import type {Lease} from '../../core/lease.js'
import type {RestorableTier, RestoreResult} from '../../core/restore.js'
import {SAMPLE, write} from '../content.js'
import type {RestoreLab} from '../tier-lab.js'

export const LATER = {'README.md': 'later!\n', 'only/here': 'new\n'}

/** The sample, with one file changed, one added and one removed. */
export const CHANGED = {
  ...LATER,
  empty: '',
  'src/other.js': 'export {}\n',
  'bytes.bin': String(SAMPLE['bytes.bin']),
}

/** A lease that was saved with `SAMPLE` in it and holds `CHANGED` now. */
export async function savedAndChanged<T extends RestorableTier>(
  lab: RestoreLab<T>,
): Promise<{lease: Lease; checkpoint: Stored<T>}> {
  const lease = await lab.acquire()
  await write(lab, lease, SAMPLE)
  const checkpoint = await lab.create(lease)
  await write(lab, lease, LATER)
  await lab.workspace.remove(lease, 'src/deep')
  return {lease, checkpoint}
}

/** Restores into the lease's workdir. */
export const restoreInto = <T extends RestorableTier>(
  {restores, context}: RestoreLab<T>,
  lease: Lease,
  checkpoint: Stored<T>,
  options: {readonly dryRun?: boolean; readonly context?: Context} = {},
): Promise<RestoreResult> =>
  restores.restore(
    {checkpoint, lease, target: lease.workdir, dryRun: options.dryRun ?? false},
    options.context ?? context,
  )

/** Undoes the last restore into the lease's workdir. */
export const undoIn = <T extends RestorableTier>({restores, context}: RestoreLab<T>, lease: Lease): Promise<unknown> =>
  restores.undo({lease, target: lease.workdir}, context)
