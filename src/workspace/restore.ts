import {throwIfAborted} from '../core/errors.js'
import type {Context} from '../core/context.js'
import type {RestoreResult} from '../core/restore.js'
import type {Transport} from '../core/transport.js'
import {dropBaseline, readBaseline, writeBaseline, type Baseline} from './baseline.js'
import {probeHost} from './host.js'
import type {Manifest} from './manifest.js'
import {planRestore, type RestorePlan} from './plan.js'
import {selectStats} from './excludes.js'
import {matching, refreshed, statsAfterSwap, statsOf, stillKnown} from './remember.js'
import {recoverSidecar, sidecarOf} from './sidecar.js'
import {stage} from './stage.js'
import type {Stat} from './stat.js'
import {readable} from './stat.js'
import {swapIn} from './swap.js'
import {refuseMountPoint} from './target.js'

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
  await refuseMountPoint(transport, target, signal)
  await recoverSidecar(transport, target, signal)
  const tools = await probeHost(transport, signal)
  const before = await statsOf(transport, target, signal)
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
    // It describes a tree that will not be kept any more, whatever becomes of this process.
    await dropBaseline(baselines.undo)
    await swapIn(transport, {target, source: 'staging', keep: request.undo, directories, meta}, signal)
    if (request.undo === 'keep' && baseline !== null)
      await rememberKept(request, stillKnown(before, baseline), baseline)
  }

  await rememberCurrent(request)
  return result
}

/** Records how the replaced tree looks, as far as a checkpoint has its content, so that undo can tell what was written into it. */
async function rememberKept(
  {transport, target, baselines}: RestoreTreeRequest,
  known: readonly Stat[],
  {checkpoint}: Baseline,
): Promise<void> {
  const now = await statsAfterSwap(transport, `${sidecarOf(target)}/undo/tree`)
  await writeBaseline(baselines.undo, checkpoint, refreshed(known, now))
}

/** Records how the workdir looks, so that the next command can tell what was changed since. */
async function rememberCurrent({transport, target, manifest, baselines, excludes}: RestoreTreeRequest): Promise<void> {
  const stats = await statsAfterSwap(transport, target)
  await writeBaseline(baselines.current, manifest.id, matching(selectStats(stats, excludes).kept, manifest.tree))
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
