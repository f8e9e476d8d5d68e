import {busyError} from '../core/errors.js'
import type {Context} from '../core/context.js'
import {isCheckpointId, type CheckpointId} from '../core/ids.js'
import type {Transport} from '../core/transport.js'
import {runScript} from '../transports/script.js'
import type {Attempt} from './attempt.js'
import {dropBaseline, noteOrForget, readBaseline, writeBaseline} from './baseline.js'
import type {Baseline} from './baseline-text.js'
import type {Manifest} from './manifest.js'
import {listMounts, refuseMounts} from './mounted.js'
import {refreshed, statsAfterSwap, statsOf, stillKnown} from './remember.js'
import {repairKept} from './repair.js'
import {recoverSidecar, sidecarOf} from './sidecar.js'
import {sharedWith} from './shared-files.js'
import type {Stat} from './stat.js'
import {swapIn, type SwapMeta} from './swap.js'
import {directoryExists} from './target.js'

export interface UndoTreeRequest {
  readonly transport: Transport
  readonly target: string
  readonly layersDirectory: string
  readonly baselines: {readonly current: string; readonly undo: string}
  readonly loadTree: (id: CheckpointId) => Promise<Manifest | null>
  readonly attempt: Attempt<{checkpoint: string}>
}

const LOOK = `cd -- "$1/undo" 2>/dev/null || exit 0
wc -c < unit && cat unit meta.json`

/**
 * Puts back what the last restore replaced.
 * @throws {CrabboxError} `NOTHING_TO_UNDO`, `UNDO_DAMAGED`, `TARGET_HAS_MOUNTS`
 */
export async function undoRestore(request: UndoTreeRequest, context: Context): Promise<{checkpoint: string}> {
  const {transport, target, baselines, attempt} = request
  const sidecar = sidecarOf(target)
  const owner = attempt.id
  await recoverSidecar(transport, target, context)
  const {unit, meta} = parseLook(
    (await runScript(transport, LOOK, [sidecar], context.signal, {purpose: 'look for a tree to put back'})).stdout,
    target,
  )
  // It was done before the connection was lost, and nobody had heard of it.
  if (meta.attempt === attempt.id && attempt.result !== null) return attempt.result
  const current = await readBaseline(baselines.current)
  const replaced = await statsOf(transport, target, context.signal)
  refuseMounts(replaced, await listMounts(transport, [target, sidecar], context.signal))
  const tree = `${sidecar}/undo/tree`
  // Where the restore only added something, there is nothing to put back.
  const hasTree = await directoryExists(transport, tree, context.signal)
  const noted = await readBaseline(baselines.undo)
  const kept = noted ?? (hasTree ? await unnoted(request, meta, replaced, context) : null)
  if (kept !== null && hasTree) await repairKept(request, unit, kept, owner, context)
  attempt.result = {checkpoint: meta.replacedBy}
  // It describes a tree that will not be kept any more, whatever becomes of this process.
  await dropBaseline(baselines.undo)
  await swapIn(
    transport,
    {
      target,
      source: 'undo',
      keep: 'keep',
      directories: meta.directories,
      meta: {directories: meta.directories, replacedBy: 'undo', attempt: attempt.id},
      owner,
    },
    context.signal,
  )
  const known = current === null ? [] : stillKnown(replaced, current)
  // A rename moves the change time of what it renames, and a second name that of its file.
  const moved = ({path}: Stat): boolean => path === unit
  const forUndo = refreshed(known, await statsAfterSwap(transport, tree), moved)
  await noteOrForget(baselines.undo, store(baselines.undo, current, forUndo), context)
  const now = refreshed([...(kept?.stats.values() ?? [])], await statsAfterSwap(transport, target), moved)
  await noteOrForget(baselines.current, store(baselines.current, kept, now), context)
  return attempt.result
}

/** Null where what replaced it is gone, or was no checkpoint. */
async function unnoted(
  {transport, target, loadTree}: UndoTreeRequest,
  {replacedBy}: SwapMeta,
  live: readonly Stat[],
  {signal}: Context,
): Promise<Baseline | null> {
  const manifest = isCheckpointId(replacedBy) ? await loadTree(replacedBy) : null
  if (manifest === null) return null
  return sharedWith(live, await statsOf(transport, `${sidecarOf(target)}/undo/tree`, signal), manifest)
}

function parseLook(output: Buffer, target: string): {unit: string; meta: SwapMeta} {
  const line = output.indexOf(0x0a)
  if (line === -1)
    throw busyError(
      'NOTHING_TO_UNDO',
      `no restore of ${target} is kept`,
      'Only the last restore into a workdir can be undone.',
    )
  const end = line + 1 + Number(output.toString('latin1', 0, line))
  return {unit: output.toString('latin1', line + 1, end), meta: JSON.parse(output.toString('utf8', end)) as SwapMeta}
}

async function store(file: string, baseline: Baseline | null, stats: readonly Stat[]): Promise<void> {
  if (baseline === null) await dropBaseline(file)
  else await writeBaseline(file, baseline.checkpoint, stats)
}
