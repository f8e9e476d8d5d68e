import type {Context} from '../core/context.js'
import {providerError} from '../core/errors.js'
import type {Transport} from '../core/transport.js'
import {runScript} from '../transports/script.js'
import {plainTar} from './dialect/plain-send.js'
import type {Entry} from './entry.js'
import type {HostTools} from './host.js'
import {listTree} from './listing.js'
import type {Manifest} from './manifest.js'
import {pathList} from './path-list.js'
import type {RestorePlan} from './plan.js'
import type {LayerSource} from './layer-source.js'
import {readEntries} from './read-entries.js'
import {sendEntries} from './send.js'
import {discardStaging, sidecarOf} from './sidecar.js'
import {FARM, PREPARE} from './swap-scripts.js'
import {readable, type Stat} from './stat.js'
import {verifyFailed, verifyStaged} from './verify.js'
import {within} from './unit.js'
import {BLOCK} from './tar/header.js'

export interface StageRequest {
  readonly transport: Transport
  readonly target: string
  /** A directory on the host with the same content as the manifest; null: none. */
  readonly twin: string | null
  /** Whether there is nothing in the target. */
  readonly empty: boolean
  readonly plan: RestorePlan
  readonly manifest: Manifest
  readonly layersDirectory: string
  readonly tools: HostTools
}

/**
 * Builds the new content beside the target and checks it there. On failure the staging directory is removed.
 * @throws {CrabboxError} `DISK_FULL`, `VERIFY_FAILED`, `LAYER_CORRUPT`, `HOST_COMMAND_FAILED`
 */
export async function stage(request: StageRequest, context: Context): Promise<void> {
  const {transport, target, plan} = request
  const sidecar = sidecarOf(target)
  const unit = plan.unit ?? ''
  const {stdout} = await runScript(
    transport,
    PREPARE,
    [sidecar, plan.unit === null ? 'metadata' : 'content'],
    context.signal,
    {
      purpose: 'prepare a staging directory',
      input: Buffer.from(unit, 'latin1'),
    },
  )
  try {
    requireSpace(plan.send, Number(stdout.toString('utf8')) * 1024)
    const {layers, sealed} = request.manifest
    const source: LayerSource = {directory: request.layersDirectory, layers, sealed}
    warnOfLosses(request, context)
    if (plan.unit !== null) await build(request, sidecar, source, context)
    await sendDirectories(request, sidecar, source, context.signal)
  } catch (error) {
    await discardStaging(transport, sidecar)
    throw error
  }
}

async function build(request: StageRequest, sidecar: string, source: LayerSource, context: Context): Promise<void> {
  const {transport, target, twin, plan, tools} = request
  const tree = `${sidecar}/staging/tree`
  let {send} = plan
  // A copy is only believed where the host can check every byte of it, and `cp -a` keeps all that a file is.
  const copied = twin !== null && plan.unit === '' && plan.unchanged === 0 && tools.hashes && tools.tar.name === 'gnu'
  // Only a directory that stays one is copied; anything else is replaced as a whole.
  const farm =
    !copied &&
    plan.expected.some(entry => entry.path === plan.unit && entry.type === 'directory') &&
    !plan.remove.includes(plan.unit ?? '')
  if (farm) {
    const open = pathList(plan.open)
    const {stdout} = await runScript(transport, FARM, [sidecar, target, String(open.length)], context.signal, {
      purpose: 'take over unchanged files',
      input: Buffer.concat([open, pathList(plan.remove)]),
    })
    if (stdout.length > 0) send = withDirectories(plan)
  }

  const bytes = send.reduce((sum, entry) => sum + entry.length, 0)
  const task = context.progress.start('restoring', bytes, 'bytes')
  try {
    if (copied) await copyTwin(transport, twin, tree, context)
    else await sendEntries(transport, tree, send, source, tools, task, context.signal, request.empty)
    const listing = await listTree(transport, tree, context.signal)
    const staged = listing.stats.filter(stat => within(plan.unit ?? '', stat.path))
    // What is left out of checkpoints comes along when unchanged files are taken over.
    if (copied || request.empty) requireNoMore(staged, plan.expected)
    await verifyStaged(
      transport,
      tree,
      new Map(staged.map(stat => [stat.path, stat])),
      plan.expected,
      plan.send,
      tools,
      context.signal,
    )
  } finally {
    task.done()
  }
}

// The top directory is there already; its own metadata comes with those of the others.
const COPY = 'cp -a -- "$1/." "$2/"'

const copyTwin = (transport: Transport, twin: string, tree: string, {signal}: Context): Promise<unknown> =>
  runScript(transport, COPY, [twin, tree], signal, {purpose: 'copy another fork'})

/** Somebody may have put something into the other fork meanwhile. Whatever else it is, what was not saved is not handed out. */
function requireNoMore(stats: readonly Stat[], expected: readonly Entry[]): void {
  const paths = new Set(expected.map(entry => entry.path))
  const more = stats.find(stat => stat.path !== '' && !paths.has(stat.path))
  if (more !== undefined) throw verifyFailed(`${readable(more.path)} was not saved`)
}

/** All directories of the unit come along, since the copy of those that did not change is not exact. */
const withDirectories = ({send, expected}: RestorePlan): Entry[] => [
  ...new Set([...send, ...expected.filter(entry => entry.type === 'directory')]),
]

const STORE_DIRS = 'cat > "$1/staging/dirs.tar"'

/** Metadata of directories is applied by the swap itself, so it travels ahead of it, as a small tarball. */
async function sendDirectories(
  {transport, tools, plan: {directories}}: StageRequest,
  sidecar: string,
  source: LayerSource,
  signal: AbortSignal,
): Promise<void> {
  if (directories.length === 0) return
  const pieces: Buffer[] = []
  const raw = readEntries(directories, source, signal)
  for await (const piece of tools.tar.name === 'plain' ? plainTar().convert(raw) : raw) pieces.push(piece)
  pieces.push(Buffer.alloc(2 * BLOCK))
  await runScript(transport, STORE_DIRS, [sidecar], signal, {
    purpose: 'prepare directories',
    input: Buffer.concat(pieces),
  })
}

/** Says what the tar of this host cannot give to the files that are sent. */
function warnOfLosses({plan, tools}: StageRequest, {progress}: Context): void {
  if (tools.tar.name !== 'plain') return
  const sent = [...plan.send, ...plan.directories]
  const attributes = sent.filter(entry => entry.attributes !== '').length
  if (attributes > 0)
    progress.warn(
      `busybox's tar on the lease's host sets no extended attributes and ACLs: ${attributes} files lose theirs`,
    )
  if (sent.some(entry => !entry.mtime.endsWith('.000000000')))
    progress.warn("busybox's tar on the lease's host sets the times of files to whole seconds")
}

function requireSpace(send: readonly Entry[], free: number): void {
  const needed = send.reduce((sum, entry) => sum + entry.length, 0)
  if (!Number.isFinite(free) || needed <= free) return
  const mb = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`
  throw providerError(
    'DISK_FULL',
    `the lease's host has ${mb(free)} of disk left and ${mb(needed)} are needed; the workdir is as it was`,
    'Free some space there and try again.',
  )
}
