import {allEnded} from '../core/all-ended.js'
import {throwIfAborted} from '../core/errors.js'
import type {Context} from '../core/context.js'
import type {RestoreResult} from '../core/restore.js'
import type {Transport} from '../core/transport.js'
import {clientId, type Attempt} from './attempt.js'
import {dropBaseline, noteBaseline, readBaseline} from './baseline.js'
import type {Baseline} from './baseline-text.js'
import {refuseClosed} from './closed.js'
import {selectStats} from './excludes.js'
import type {Manifest} from './manifest.js'
import {refuseMounts} from './mounted.js'
import {planOnce} from './plan-once.js'
import {openTarget} from './open-target.js'
import {recognize, type Last} from './recognize.js'
import {matching} from './remember.js'
import {NOTHING, summary} from './restore-result.js'
import {rememberSwap} from './remember-swap.js'
import {stage} from './stage.js'
import type {StageRequest} from './stage-request.js'
import type {Staged} from './staged.js'
import {swapIn} from './swap.js'
import {NO_TWIN, type Looks, type Twin} from './twin.js'
import {newestIn, newWitness} from './witness.js'

export interface RestoreTreeRequest {
  readonly transport: Transport
  /** Absolute directory on the host. It may not exist yet; what holds it must. */
  readonly target: string
  readonly manifest: Manifest | Promise<Manifest>
  readonly attempt: Attempt
  readonly layersDirectory: string
  /** Waits for a directory on the same host that was filled with the same; null: there is none. Default: there is none. */
  readonly twin?: () => Promise<Twin | null>
  /** Told when the directory is filled. It may ask how one looks that was empty before; null: its host cannot be asked for that later. */
  readonly onFilled?: (looks: () => Looks | null) => void
  readonly excludes: readonly string[]
  readonly baselines: {readonly current: string; readonly undo: string}
  /** The tree of a checkpoint, or null when it is not stored any more. */
  readonly loadTree: (id: Baseline['checkpoint']) => Promise<Manifest | null>
  readonly undo: 'keep' | 'drop'
  readonly dryRun: boolean
}

/** Makes a directory equal to a checkpoint: plan, stage, verify, swap. */
export async function restoreTree(request: RestoreTreeRequest, context: Context): Promise<RestoreResult> {
  const {transport, target, baselines, excludes} = request
  const {signal} = context
  // The host lists its files while the manifest is read.
  const baseline = readBaseline(baselines.current)
  const looked = baseline.then(found => found?.stats ?? null)
  const [{tools, mounts, closed, listing: listed, swapped}, {manifest, last}] = await allEnded([
    openTarget(transport, target, 'swap', signal, {
      attempt: request.attempt.id,
      looked,
      client: request.dryRun ? clientId(context.stateDir) : '',
    }),
    loadTrees(request, baseline),
  ])
  const before = listed?.stats ?? []
  refuseMounts(before, mounts)
  const selection = selectStats(before, excludes)
  refuseClosed(closed, selection.excluded)
  if (swapped) {
    const known = matching(selection.kept, manifest.tree, tools.tar.sameTime)
    await noteBaseline(baselines.current, manifest.id, known, context)
    return request.attempt.result ?? NOTHING
  }

  const place = {transport, root: target, tools, signal}
  const {same, baseline: known} = await recognize(place, selection.kept, manifest, last)
  const plan = planOnce(selection, manifest.tree, same)
  const result = summary(plan)
  if (request.dryRun) return result
  const witness = newWitness()
  let staged: Staged | null = null
  let changed = ''
  let filled: Buffer | null = null
  if (plan.unit !== null || plan.directories.length > 0) {
    const {layersDirectory} = request
    const attempt = request.attempt.id
    const empty = before.every(({path}) => path === '')
    const twin = twinFor(request, {empty, plan, tools})
    const owner = attempt
    const since = newestIn(before)
    staged = await stage(
      {transport, target, twin, attempt, owner, empty, plan, manifest, layersDirectory, tools, since, witness},
      context,
    )
    throwIfAborted(signal)
    request.attempt.result = result
    const directories = plan.directories.map(entry => entry.path)
    const meta = {directories, replacedBy: manifest.id, attempt}
    // It describes a tree that will not be kept any more, whatever becomes of this process.
    await dropBaseline(baselines.undo)
    const swapping = swapIn(
      transport,
      {target, source: 'staging', keep: request.undo, directories, meta, owner},
      signal,
    )
    // All of it was compared with the manifest, and the host takes as long to swap as this takes.
    const baseline = staged?.baseline?.(manifest.id) ?? null
    ;[changed, filled] = await allEnded([swapping, baseline])
  }

  // Those who wait to copy it need not wait until it is noted here.
  request.onFilled?.(() => {
    const fingerprint = changed === '' ? null : (staged?.fingerprint() ?? null)
    return fingerprint === null ? null : {fingerprint, changed}
  })
  await rememberSwap(
    {...request, manifest},
    {before, baseline: known, plan, staged, filled, witness, tar: tools.tar},
    context,
  )
  return result
}

/** What may be copied where an empty workdir is filled. The programs of GNU keep all that a file is. */
const twinFor = (
  {twin = NO_TWIN}: RestoreTreeRequest,
  {empty, plan, tools}: Pick<StageRequest, 'empty' | 'plan' | 'tools'>,
): StageRequest['twin'] => (empty && plan.unit === '' && tools.tar.name === 'gnu' ? twin : NO_TWIN)

/** What the workdir is to become, and what it was last equal to. */
async function loadTrees(
  {manifest: wanted, loadTree}: RestoreTreeRequest,
  looked: Promise<Baseline | null>,
): Promise<{manifest: Manifest; last: Last | null}> {
  const manifest = await wanted
  const baseline = await looked
  if (baseline === null) return {manifest, last: null}
  const then = baseline.checkpoint === manifest.id ? manifest : await loadTree(baseline.checkpoint)
  return {manifest, last: then === null ? null : {baseline, tree: then.tree}}
}
