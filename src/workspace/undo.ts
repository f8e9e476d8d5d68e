import type {CrabboxError} from '../core/errors.js'
import {busyError} from '../core/errors.js'
import type {Context} from '../core/context.js'
import type {CheckpointId} from '../core/ids.js'
import type {Transport} from '../core/transport.js'
import {runScript} from '../transports/script.js'
import {dropBaseline, looksUntouched, readBaseline, writeBaseline, type Baseline} from './baseline.js'
import type {Entry} from './entry.js'
import {probeHost} from './host.js'
import {listTree} from './listing.js'
import type {Manifest} from './manifest.js'
import {refreshed, statsAfterSwap, statsOf, stillKnown} from './remember.js'
import {sendEntries} from './send.js'
import {recoverSidecar, sidecarOf} from './sidecar.js'
import {parentOf, readable, type Stat} from './stat.js'
import {swapIn, type SwapMeta} from './swap.js'
import {directoryExists} from './target.js'
import {within} from './unit.js'

export interface UndoTreeRequest {
  readonly transport: Transport
  readonly target: string
  readonly layersDirectory: string
  readonly baselines: {readonly current: string; readonly undo: string}
  readonly loadTree: (id: CheckpointId) => Promise<Manifest | null>
}

const LOOK = `cd -- "$1/undo" 2>/dev/null || exit 0
wc -c < unit && cat unit meta.json`

const REMOVE = 'cd -- "$1" && xargs -0 rm -f --'

// The directories of the kept tree have times of their own, which are those of no checkpoint.
const KEEP_DIRECTORIES = `tar --create --file="$1/../repair.tar" --directory="$1" --format=posix --no-recursion \\
  --null --verbatim-files-from --files-from=-`
const PUT_DIRECTORIES = `tar --extract --file="$1/../repair.tar" --directory="$1" --preserve-permissions && rm -f -- "$1/../repair.tar"`

/**
 * Puts back what the last restore replaced.
 * @throws {CrabboxError} `NOTHING_TO_UNDO`, `UNDO_DAMAGED`
 */
export async function undoRestore(request: UndoTreeRequest, context: Context): Promise<{checkpoint: string}> {
  const {transport, target, baselines} = request
  const sidecar = sidecarOf(target)
  await recoverSidecar(transport, target, context.signal)
  const {unit, meta} = parseLook(
    (await runScript(transport, LOOK, [sidecar], context.signal, {purpose: 'look for a tree to put back'})).stdout,
    target,
  )
  const kept = await readBaseline(baselines.undo)
  const current = await readBaseline(baselines.current)
  const replaced = await statsOf(transport, target, context.signal)
  const tree = `${sidecar}/undo/tree`
  // Where the restore only added something, there is nothing to put back.
  const hasTree = await directoryExists(transport, tree, context.signal)
  if (kept !== null && hasTree) await repair(request, tree, unit, kept, context)
  // It describes a tree that will not be kept any more, whatever becomes of this process.
  await dropBaseline(baselines.undo)
  await swapIn(
    transport,
    {
      target,
      source: 'undo',
      keep: 'keep',
      directories: meta.directories,
      meta: {directories: meta.directories, replacedBy: 'undo'},
    },
    context.signal,
  )
  const known = current === null ? [] : stillKnown(replaced, current)
  await store(baselines.undo, current, refreshed(known, await statsAfterSwap(transport, tree)))
  await store(
    baselines.current,
    kept,
    refreshed([...(kept?.stats.values() ?? [])], await statsAfterSwap(transport, target)),
  )
  return {checkpoint: meta.replacedBy}
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

/**
 * Unchanged files are one file under two names, in the workdir and in the kept tree. A program that wrote into one after
 * the restore wrote into both, so what looks touched is taken from the checkpoint that it was known to be equal to.
 */
async function repair(
  request: UndoTreeRequest,
  tree: string,
  unit: string,
  kept: Baseline,
  context: Context,
): Promise<void> {
  const {transport} = request
  const {stats} = await listTree(transport, tree, context.signal)
  const now = new Map(stats.map(stat => [stat.path, stat]))
  const touched = [...kept.stats.values()].filter(then => {
    if (then.type !== 'file' || !within(unit, then.path)) return false
    const stat = now.get(then.path)
    return stat === undefined || !looksUntouched(stat, then)
  })
  if (touched.length === 0) return
  const manifest = await request.loadTree(kept.checkpoint)
  const names = new Set(touched.map(stat => stat.path))
  const entries =
    manifest === null
      ? []
      : [...manifest.tree.values()].filter(entry => names.has(entry.path) || names.has(entry.hardlink))
  if (manifest === null || touched.some(stat => !manifest.tree.has(stat.path)))
    throw damaged(
      touched.map(stat => readable(stat.path)),
      kept.checkpoint,
    )
  const tools = await probeHost(transport, context.signal)
  const task = context.progress.start(
    'repairing',
    entries.reduce((sum, entry) => sum + entry.length, 0),
    'bytes',
  )
  const source = {directory: request.layersDirectory, layers: manifest.layers}
  const purpose = 'repair the kept tree'
  await runScript(transport, KEEP_DIRECTORIES, [tree], context.signal, {
    purpose,
    input: pathList(holdersOf(entries, unit)),
  })
  await runScript(transport, REMOVE, [tree], context.signal, {
    purpose,
    input: pathList(entries.map(entry => entry.path)),
  })
  await sendEntries(transport, tree, entries, source, tools.root, task, context.signal)
  await runScript(transport, PUT_DIRECTORIES, [tree], context.signal, {purpose})
  task.done()
}

const pathList = (paths: readonly string[]): Buffer => Buffer.from(paths.map(path => `./${path}\0`).join(''), 'latin1')

/** Replacing a file moves the times of the directory that holds it. */
const holdersOf = (entries: readonly Entry[], unit: string): string[] => [
  ...new Set(entries.map(entry => parentOf(entry.path)).filter(path => within(unit, path))),
]

async function store(file: string, baseline: Baseline | null, stats: readonly Stat[]): Promise<void> {
  if (baseline === null) await dropBaseline(file)
  else await writeBaseline(file, baseline.checkpoint, stats)
}

function damaged(files: readonly string[], checkpoint: CheckpointId): CrabboxError {
  const shown = files.slice(0, 5).join(', ') + (files.length > 5 ? ` and ${files.length - 5} more` : '')
  return busyError(
    'UNDO_DAMAGED',
    `the kept tree shares files with the workdir that were changed after the restore (${shown}), and ${checkpoint}, which has their content, was deleted`,
    'Restore another checkpoint instead.',
  )
}
