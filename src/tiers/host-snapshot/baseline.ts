import {setTimeout as sleep} from 'node:timers/promises'

import type {Context} from '../../core/context.js'
import type {CreateRequest} from '../../core/handlers.js'
import type {CheckpointId} from '../../core/ids.js'
import type {LeaseHandle} from '../../core/lease.js'
import type {Transport} from '../../core/transport.js'
import {statePaths} from '../../state/paths.js'
import {baselineFile, noteBaseline, writeBaseline} from '../../workspace/baseline.js'
import {listTree} from '../../workspace/listing.js'
import {TICK_MS} from '../../workspace/listed-fields.js'
import {readable, type Stat} from '../../workspace/stat.js'
import {named} from '../../workspace/tar-complaints.js'
import {timeInMs} from '../../workspace/time.js'

/** What is known of a workdir that was last equal to a host snapshot. */
export const snapshotBaseline = ({stateDir}: Context, {id}: Pick<LeaseHandle, 'id'>, workdir: string): string =>
  baselineFile(statePaths(stateDir).baselines, id, workdir, 'snapshot')

/**
 * Remembers how the files of a workdir look that was just saved. One that changed since the copy began is not remembered.
 * @param begun when that was, on the host's clock, in seconds
 * @returns what the user should know
 */
export async function rememberSaved(
  transport: Transport,
  {id, lease, workdir: {path}}: CreateRequest<'provider-native'>,
  begun: string,
  context: Context,
): Promise<readonly string[]> {
  await sleep(TICK_MS)
  const {stats, warnings} = await listTree(transport, path, context.signal)
  const start = timeInMs(begun)
  const before = stats.filter(({ctime}) => ctime !== '' && timeInMs(ctime) < start)
  await writeBaseline(snapshotBaseline(context, lease, path), id, before)
  return [...warnings, ...changedSince(start, stats)]
}

function changedSince(start: number, stats: readonly Stat[]): string[] {
  const changed = stats.filter(({type, ctime}) => type !== 'directory' && ctime !== '' && timeInMs(ctime) > start)
  return named(
    'changed while it was saved',
    changed.map(({path}) => readable(path)),
  )
}

/** Remembers how the files of a directory look that has just become what was saved. */
export async function rememberCopied(
  transport: Transport,
  id: CheckpointId,
  {lease, target}: {readonly lease: Pick<LeaseHandle, 'id'>; readonly target: string},
  context: Context,
): Promise<void> {
  await sleep(TICK_MS)
  const {stats} = await listTree(transport, target, context.signal)
  const file = snapshotBaseline(context, lease, target)
  await noteBaseline(file, id, stats, context)
}
