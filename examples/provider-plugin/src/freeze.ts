import {throwIfAborted, type Context} from 'crabbox'

import {writeCheckpoint} from './checkpoint-file.js'
import {copyLive, copyMerged} from './copy-tree.js'
import {ensureMounted} from './ensure-mounted.js'
import {joinHardLinks} from './hard-links.js'
import {isHeldElsewhere, usersOf} from './in-use.js'
import {claimLayer, layerParts, makeLayer, newLayerId, removeTree, stackOf, type LayerId} from './layers.js'
import {mountPointOf, requireLease, writeLease, type LeaseFile, type LeasePlace} from './lease-file.js'
import {mountedAt} from './mount-table.js'
import {unmount} from './mounts.js'
import {settleLayers, settleLease} from './release-lease.js'
import {sealLayer} from './seal.js'
import {surveyTree} from './survey.js'

/** A lookup may ask every layer, and the paths of all have to fit into one page. Above so many, all is put together again. */
export const MAX_LAYERS = 32

/** What was frozen. */
export interface Frozen {
  readonly layer: LayerId
  /** Bytes and entries of the whole lease. */
  readonly content: number
  readonly entries: number
  readonly warnings: readonly string[]
}

interface Job {
  readonly place: LeasePlace
  readonly lease: LeaseFile
  readonly checkpoint: string
  /** The lease's layer and all below it. */
  readonly stack: readonly [LayerId, ...LayerId[]]
  readonly signal: AbortSignal
}

/**
 * Makes what a lease holds into a layer that nobody writes to any more. Where nobody uses the lease, that is the layer it has written
 * to, and it goes on with a new one above: nothing is copied. A mount that is in use cannot be taken away, and what is open in it
 * writes to its layer: so what that holds is copied, and the lease stays as it is.
 */
export async function freeze(place: LeasePlace, checkpoint: string, {signal, progress}: Context): Promise<Frozen> {
  await settleLease(place, signal)
  const lease = await requireLease(place)
  const mountPoint = mountPointOf(place)
  const {content, entries, linked} = await surveyTree(mountPoint, signal)
  await joinHardLinks(place.directory, lease.layer, mountPoint, linked)
  const below = await stackOf(place.directory, lease.below)
  throwIfAborted(signal)
  const job: Job = {place, lease, checkpoint, stack: [lease.layer, ...below], signal}
  if (await letGo(mountPoint, signal)) {
    try {
      return {layer: await handOver(job), content, entries, warnings: []}
    } finally {
      await ensureMounted(place, new AbortController().signal)
    }
  }

  const users = await usersOf(mountPoint)
  const task = progress.start('copying, because the lease is in use')
  try {
    const {layer, whole} = await copyOut(job)
    return {layer, content, entries, warnings: [inUse(users), ...(whole ? [] : [VANISHED])]}
  } finally {
    task.done()
  }
}

/** False: it is in use, here or out of reach. */
async function letGo(mountPoint: string, signal: AbortSignal): Promise<boolean> {
  const mounted = await mountedAt(mountPoint)
  if (mounted !== null && (await isHeldElsewhere(mounted.device))) return false
  return unmount(mountPoint, signal)
}

/** Every step can be the last: what is made is named before, and one write decides where the lease goes on. */
async function handOver({place, lease, checkpoint, stack, signal}: Job): Promise<LayerId> {
  const {directory, id} = place
  const saved = stack.length < MAX_LAYERS ? lease.layer : newLayerId()
  const parts = layerParts(directory, saved)
  await writeCheckpoint(directory, checkpoint, {layer: saved, saved: null})
  if (saved === lease.layer) await claimLayer(directory, saved, checkpoint)
  else {
    await makeLayer(directory, saved, null, checkpoint)
    await copyMerged(directory, stack, parts.work, parts.tree, signal)
  }

  const next = newLayerId()
  await writeLease(place, {...lease, next})
  await makeLayer(directory, next, saved, id)
  const handedOver = {layer: next, below: saved, next: null, before: lease.layer}
  await writeLease(place, handedOver)
  await settleLayers(place, handedOver, signal)
  return saved
}

async function copyOut({place, lease, checkpoint, stack, signal}: Job): Promise<{layer: LayerId; whole: boolean}> {
  const {directory} = place
  const layer = newLayerId()
  const deep = stack.length >= MAX_LAYERS
  await writeCheckpoint(directory, checkpoint, {layer, saved: null})
  await makeLayer(directory, layer, deep ? null : lease.below, checkpoint)
  const {tree, work} = layerParts(directory, layer)
  const whole = await copyLive(deep ? mountPointOf(place) : layerParts(directory, lease.layer).tree, tree, signal)
  await removeTree(work)
  await sealLayer(directory, layer, signal)
  return {layer, whole}
}

const inUse = (users: readonly string[]): string =>
  `the lease was in use while it was saved${users.length === 0 ? '' : `, by ${users.join(', ')}`}: what was just being written may be half there`

const VANISHED = 'files vanished while they were copied'
