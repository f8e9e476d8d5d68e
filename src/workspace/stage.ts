import {allEnded} from '../core/all-ended.js'
import type {Context} from '../core/context.js'
import {configError, CrabboxError, providerError, throwIfAborted} from '../core/errors.js'
import type {Entry} from './entry.js'
import type {LayerSource} from './layer-source.js'
import {fillStaging} from './fill-staging.js'
import {prepareStaging, type Prepared} from './prepare-staging.js'
import {sendDirectories} from './send-directories.js'
import type {StageRequest} from './stage-request.js'
import {discardStaging, sidecarOf} from './sidecar.js'
import {readable} from './stat.js'
import type {Staged} from './staged.js'
import {NO_TWIN, type Twin} from './twin.js'

/**
 * Builds the new content beside the target and checks it there. On failure the staging directory is removed. What was not sent for this, a
 * copy of another fork or what an attempt before has left, is done without where it is not what it should be.
 * @returns how it looks, where it takes the place of nothing; else null
 * @throws {CrabboxError} `DISK_FULL`, `VERIFY_FAILED`, `LAYER_CORRUPT`, `HOST_COMMAND_FAILED`, `SUPERUSER_NEEDED`
 */
export async function stage(request: StageRequest, context: Context): Promise<Staged | null> {
  const attempt = request.plan.unit === null ? '' : request.attempt
  const found: Shortcut = {taken: false}
  try {
    return await stageBy({...request, attempt}, found, context)
  } catch (error) {
    if (!found.taken || !isWrong(error)) throw error
    return await stageBy({...request, twin: NO_TWIN, attempt: ''}, found, context)
  }
}

/** Whether something was used that was not sent for this. */
interface Shortcut {
  taken: boolean
}

const isWrong = (error: unknown): boolean =>
  error instanceof CrabboxError && (error.code === 'VERIFY_FAILED' || error.code === 'HOST_COMMAND_FAILED')

async function stageBy(request: StageRequest, found: Shortcut, context: Context): Promise<Staged | null> {
  const {transport, target, plan} = request
  const {signal} = context
  requireReadable(request)
  const sidecar = sidecarOf(target)
  let begun = false
  try {
    const {prepared, twin} = await begin(request, signal)
    begun = true
    const {send, free, kept} = prepared
    if (kept || twin !== null) found.taken = true
    requireSpace(send, free)
    const {layers, sealed} = request.manifest
    const source: LayerSource = {directory: request.layersDirectory, layers, sealed}
    warnOfLosses(request, context)
    const [staged] = await allEnded([
      plan.unit === null ? null : fillStaging(request, twin, send, sidecar, source, context),
      sendDirectories(request, sidecar, source, signal),
    ])
    return staged
  } catch (error) {
    const overtaken = await discardStaging(transport, target, request.owner, begun)
    throwIfAborted(signal)
    throw overtaken ?? error
  }
}

/** All is ready for the copy when there is something to copy. What an attempt before has left is of no use to that. */
async function begin(
  request: StageRequest,
  signal: AbortSignal,
): Promise<{readonly prepared: Prepared; readonly twin: Twin | null}> {
  const prepared = await prepareStaging(request, signal)
  const twin = await request.twin()
  throwIfAborted(signal)
  const anew = twin !== null && prepared.kept
  return {prepared: anew ? await prepareStaging({...request, attempt: ''}, signal) : prepared, twin}
}

/** Says what the tar of this host cannot give to the files that are sent. */
function warnOfLosses({plan, tools}: StageRequest, {progress}: Context): void {
  const sent = [...plan.send, ...plan.directories]
  // Where all are one user's, nobody misses who that was elsewhere.
  if (!tools.root && new Set(sent.map(({uid, gid}) => `${uid}:${gid}`)).size > 1)
    progress.warn(
      "files that belonged to several users or groups all become those of the lease's user, who is not the superuser of the host",
    )
  const attributes = sent.filter(entry => entry.attributes !== '').length
  if (!tools.root && tools.tar.name !== 'plain' && attributes > 0)
    progress.warn(
      `the lease's user is not the superuser of the host: of the extended attributes of ${attributes} files those are left out that only the superuser may set, such as capabilities`,
    )
  if (tools.tar.name !== 'plain') return
  if (attributes > 0)
    progress.warn(
      `busybox's tar on the lease's host sets no extended attributes and ACLs: ${attributes} files lose theirs`,
    )
  if (sent.some(entry => !entry.mtime.endsWith('.000000000')))
    progress.warn("busybox's tar on the lease's host sets the times of files to whole seconds")
}

/** Whoever is not the superuser cannot look at what arrives, where its owner may not read it. */
function requireReadable({plan, tools}: StageRequest): void {
  if (tools.root) return
  const needed = (entry: Entry): number => (entry.type === 'file' ? 0o400 : entry.type === 'directory' ? 0o500 : 0)
  const closed = plan.send.find(entry => (entry.mode & needed(entry)) !== needed(entry))
  if (closed === undefined) return
  throw configError(
    'SUPERUSER_NEEDED',
    `${readable(closed.path)} was saved with the mode ${closed.mode.toString(8)}, and nobody but the superuser of the lease's host can check what arrives of it; the workdir is as it was`,
    'Use a lease whose user is root, or save it with a mode that lets its owner read.',
  )
}

function requireSpace(send: readonly Entry[], free: number): void {
  const needed = send.reduce((sum, entry) => sum + entry.length, 0)
  if (!Number.isFinite(free) || needed <= free) return
  const kb = (bytes: number): string => `${Math.ceil(bytes / 1000).toLocaleString('en')} kB`
  throw providerError(
    'DISK_FULL',
    `the lease's host has ${kb(free)} of disk left and ${kb(needed)} are needed; the workdir is as it was`,
    'Free some space there and try again.',
  )
}
