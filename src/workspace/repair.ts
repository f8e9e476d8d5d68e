import {busyError} from '../core/errors.js'
import type {Context} from '../core/context.js'
import type {CheckpointId} from '../core/ids.js'
import type {Transport} from '../core/transport.js'
import {runScript} from '../transports/script.js'
import {looksUntouched} from './baseline.js'
import type {Baseline} from './baseline-text.js'
import type {Entry} from './entry.js'
import {probeHost} from './host.js'
import {listTree} from './listing.js'
import type {Manifest} from './manifest.js'
import {pathList} from './path-list.js'
import {sendEntries} from './send.js'
import {refusedFor, sidecarOf} from './sidecar.js'
import {parentOf, readable, type Stat} from './stat.js'
import {FETCH_ROOM, PUT_BACK} from './repair-scripts.js'
import {within} from './unit.js'

export interface RepairRequest {
  readonly transport: Transport
  readonly target: string
  readonly layersDirectory: string
  readonly loadTree: (id: CheckpointId) => Promise<Manifest | null>
}

/**
 * Unchanged files are one file under two names, in the workdir and in the kept tree. A program that wrote into one after
 * the restore wrote into both, so what looks touched is taken from the checkpoint that it was known to be equal to.
 * @param unit what the restore replaced
 * @param kept how the kept tree looked when the restore had ended
 * @param owner whose undo it is
 * @throws {CrabboxError} `UNDO_DAMAGED` when that checkpoint is gone
 */
export async function repairKept(
  request: RepairRequest,
  unit: string,
  kept: Baseline,
  owner: string,
  context: Context,
): Promise<void> {
  const {transport} = request
  const {signal} = context
  const sidecar = sidecarOf(request.target)
  const touched = touchedIn(kept, unit, (await listTree(transport, `${sidecar}/undo/tree`, signal)).stats)
  if (touched.length === 0) return
  const manifest = await request.loadTree(kept.checkpoint)
  if (manifest === null || touched.some(path => !manifest.tree.has(path))) throw damaged(touched, kept.checkpoint)
  const entries = wholeFiles(touched, manifest)
  const paths = entries.map(entry => entry.path).filter(path => within(unit, path))
  const tools = await probeHost(transport, signal)
  const bytes = entries.reduce((sum, entry) => sum + entry.length, 0)
  const task = context.progress.start('repairing', bytes, 'bytes')
  const purpose = 'repair the kept tree'
  const refusals = refusedFor(request.target)
  const source = {directory: request.layersDirectory, layers: manifest.layers}
  await runScript(transport, FETCH_ROOM, [sidecar, owner], signal, {purpose, refusals})
  await sendEntries(transport, `${sidecar}/staging/repair`, entries, {...source, owner}, tools, task, signal)
  // Replacing a file moves the times of the directory that holds it.
  const holders = pathList([...new Set(paths.map(parentOf))].filter(path => within(unit, path)))
  const input = Buffer.concat([holders, pathList(paths)])
  const sizes = [holders, input].map(({length}) => String(length))
  await runScript(transport, PUT_BACK, [sidecar, ...sizes, owner], signal, {purpose, input, refusals})
  task.done()
}

function touchedIn(kept: Baseline, unit: string, stats: readonly Stat[]): string[] {
  const now = new Map(stats.map(stat => [stat.path, stat]))
  const touched = [...kept.stats.values()].filter(then => {
    if (then.type !== 'file' || !within(unit, then.path)) return false
    const stat = now.get(then.path)
    return stat === undefined || !looksUntouched(stat, then)
  })
  return touched.map(stat => stat.path)
}

/** The entries of files under all of their names: an archive holds the content under the first, wherever that lies. */
function wholeFiles(paths: readonly string[], {tree}: Manifest): Entry[] {
  const firstOf = (entry: Entry): string => (entry.hardlink === '' ? entry.path : entry.hardlink)
  const firsts = new Set(paths.map(path => tree.get(path)).map(entry => (entry === undefined ? '' : firstOf(entry))))
  return [...tree.values()].filter(entry => entry.type === 'file' && firsts.has(firstOf(entry)))
}

function damaged(files: readonly string[], checkpoint: CheckpointId): Error {
  const more = files.length > 5 ? ` and ${files.length - 5} more` : ''
  const shown = files.slice(0, 5).map(readable).join(', ') + more
  return busyError(
    'UNDO_DAMAGED',
    `the kept tree shares files with the workdir that were changed after the restore (${shown}), and ${checkpoint}, which has their content, was deleted`,
    'Restore another checkpoint instead.',
  )
}
