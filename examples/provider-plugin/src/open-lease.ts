import {mkdir} from 'node:fs/promises'
import {join} from 'node:path'

import {localTransport, runScript, throwIfAborted, type Context, type LeaseRequest, type Placement} from 'crabbox'

import {ensureMounted} from './ensure-mounted.js'
import {makeLayer, newLayerId, type LayerId} from './layers.js'
import {mountPointOf, readLease, writeLease, type LeaseFile, type LeasePlace} from './lease-file.js'
import {releaseLease} from './release-lease.js'

/** What a lease starts with. */
export interface Origin {
  readonly directory: string
  /** A saved layer, and what the workdir was called in it; null: nothing. */
  readonly from: {readonly layer: LayerId; readonly repoName: string} | null
}

/** Makes a lease and mounts it, or completes one. What fails leaves nothing that was not there. */
export async function openLease(request: LeaseRequest, origin: Origin, context: Context): Promise<Placement> {
  const {directory, from} = origin
  const place = {directory, id: request.id}
  await request.record({directory})
  const known = await readLease(place)
  const workRoot = mountPointOf(place)
  const workdir = join(workRoot, request.repoName)
  try {
    await mkdir(workRoot, {recursive: true, mode: 0o700})
    const {layer, below} = known ?? (await begin(place, from?.layer ?? null))
    await makeLayer(directory, layer, below, request.id)
    throwIfAborted(context.signal)
    await ensureMounted(place, context.signal)
    if (from !== null && known === null) await inherit(workRoot, from.repoName, request.repoName, context.signal)
    await mkdir(workdir, {recursive: true, mode: 0o755})
    throwIfAborted(context.signal)
    return {workRoot, workdir, details: {directory}}
  } catch (error) {
    // Whoever asked wants to know of the first failure.
    if (known === null) await releaseLease(place, new AbortController().signal).catch(() => undefined)
    throw error
  }
}

/** The layer is named before it is there, so that it can be found and removed whenever this ends. */
async function begin(place: LeasePlace, below: LayerId | null): Promise<LeaseFile> {
  const lease = {layer: newLayerId(), below, next: null}
  await writeLease(place, lease)
  return lease
}

/** What restores keep beside the workdir belongs to the source. */
const INHERIT = `cd -- "$1" || exit
for name in ..?* .[!.]* *; do
  [ "$name" = "$2" ] || rm -rf -- "$name" || exit
done
[ "$2" = "$3" ] || mv -- "$2" "$3"`

async function inherit(workRoot: string, before: string, now: string, signal: AbortSignal): Promise<void> {
  await runScript(localTransport(), INHERIT, [workRoot, before, now], signal, {purpose: 'prepare the fork'})
}
