import {throwIfAborted} from '../core/errors.js'
import type {Context} from '../core/context.js'
import type {RestoreResult} from '../core/restore.js'
import type {Transport} from '../core/transport.js'
import {dropBaseline, readBaseline, writeBaseline, type Baseline} from './baseline.js'
import {probeHost} from './host.js'
import {listTree} from './listing.js'
import type {Manifest} from './manifest.js'
import {planRestore, type RestorePlan} from './plan.js'
import {selectStats} from './excludes.js'
import {recoverSidecar} from './sidecar.js'
import {stage} from './stage.js'
import type {Stat} from './stat.js'
import {readable} from './stat.js'
import {swapIn} from './swap.js'
import {directoryExists} from './target.js'

export interface RestoreTreeRequest {
  readonly transport: Transport
  /** Absolute directory on the host. It may not exist yet; what holds it must. */
  readonly target: string
  readonly manifest: Manifest
  readonly layersDirectory: string
  readonly excludes: readonly string[]
  readonly baselines: {readonly current: string; readonly undo: string}
  /** The tree of a checkpoint, or null when it is not stored any more. */
  readonly loadTree: (id: Baseline['checkpoint']) => Promise<Manifest | null>
  readonly undo: 'keep' | 'drop'
  readonly dryRun: boolean
}

/** Makes a directory equal to a checkpoint: plan, stage, verify, swap. */
export async function restoreTree(request: RestoreTreeRequest, context: Context): Promise<RestoreResult> {
  const {transport, target, manifest, baselines, excludes} = request
  const {signal} = context
  await recoverSidecar(transport, target, signal)
  const tools = await probeHost(transport, signal)
  const before = (await directoryExists(transport, target, signal))
    ? (await listTree(transport, target, signal)).stats
    : []
  const known = await readBaseline(baselines.current)
  const then =
    known === null ? null : known.checkpoint === manifest.id ? manifest : await request.loadTree(known.checkpoint)
  const baseline = then === null ? null : known
  const plan = planRestore(before, excludes, manifest.tree, baseline, then?.tree ?? new Map())
  const result = summary(plan)
  if (request.dryRun) return result
  if (plan.unit !== null || plan.directories.length > 0) {
    await stage({transport, target, plan, manifest, layersDirectory: request.layersDirectory, tools}, context)
    throwIfAborted(signal)
    const directories = plan.directories.map(entry => entry.path)
    const meta = {directories, replacedBy: manifest.id}
    await swapIn(transport, {target, source: 'staging', keep: request.undo, directories, meta}, signal)
  }

  await rememberTrees(request, before, baseline)
  return result
}

/** Records how both trees look now, so that the next command can tell what was changed since. */
async function rememberTrees(
  request: RestoreTreeRequest,
  before: readonly Stat[],
  baseline: Baseline | null,
): Promise<void> {
  const {transport, target, manifest, baselines, excludes} = request
  const {stats} = await listTree(transport, target, new AbortController().signal)
  const now = new Map(stats.map(stat => [stat.inode, stat]))
  if (baseline === null || request.undo === 'drop') await dropBaseline(baselines.undo)
  else
    await writeBaseline(
      baselines.undo,
      baseline.checkpoint,
      before.filter(isKnown(baseline)).map(stat => ({...stat, ctime: now.get(stat.inode)?.ctime ?? stat.ctime})),
    )
  await writeBaseline(baselines.current, manifest.id, selectStats(stats, excludes).kept)
}

const isKnown =
  (baseline: Baseline) =>
  (stat: Stat): boolean => {
    const then = baseline.stats.get(stat.path)
    return then !== undefined && then.ctime !== '' && then.ctime === stat.ctime && then.inode === stat.inode
  }

function summary(plan: RestorePlan): RestoreResult {
  return {
    sent: plan.changes.map(entry => readable(entry.path)),
    removed: plan.gone.map(readable),
    sentBytes: plan.send.reduce(
      (sum, entry) => sum + (entry.type === 'file' && entry.hardlink === '' ? entry.size : 0),
      0,
    ),
    unchanged: plan.unchanged,
  }
}
