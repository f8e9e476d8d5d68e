import type {CheckpointSizes} from '../../../core/checkpoint.js'
import type {CheckpointId} from '../../../core/ids.js'
import type {Ec2, Image, Snapshot} from '../client.js'
import {isNotFound} from '../errors.js'
import {CHECKPOINT, withTag} from '../tags.js'

/** The image of a checkpoint, found by its tag; null where there is none, or EC2 does not show it yet. */
export async function imageOf({call}: Pick<Ec2, 'call'>, checkpoint: CheckpointId): Promise<Image | null> {
  const {Images: [image] = []} = await call('DescribeImages', {
    Owners: ['self'],
    Filters: [withTag(CHECKPOINT, checkpoint)],
  })
  return image ?? null
}

/** An image by its id, whoever owns it; null where EC2 does not know it, or not yet. */
export async function imageById({call}: Pick<Ec2, 'call'>, id: string): Promise<Image | null> {
  try {
    const {Images: [image] = []} = await call('DescribeImages', {ImageIds: [id]})
    return image ?? null
  } catch (error) {
    if (isNotFound(error)) return null
    throw error
  }
}

/** The snapshots behind an image. They are known before it can be used. */
export const snapshotsOf = (image: Image): string[] =>
  (image.BlockDeviceMappings ?? []).flatMap(({Ebs}) =>
    Ebs?.SnapshotId === undefined || Ebs.SnapshotId === '' ? [] : [Ebs.SnapshotId],
  )

/** Snapshots by their ids; those that are gone are left out. */
export async function snapshotsById({call}: Pick<Ec2, 'call'>, ids: readonly string[]): Promise<Snapshot[]> {
  if (ids.length === 0) return []
  // A filter, unlike ids, does not fail on what is gone.
  const {Snapshots: found = []} = await call('DescribeSnapshots', {Filters: [{Name: 'snapshot-id', Values: [...ids]}]})
  return found
}

export function imageState({State: state}: Image): 'cut' | 'ready' | 'failed' {
  if (state === 'available') return 'ready'
  return state === 'failed' || state === 'error' || state === 'invalid' || state === 'deregistered' ? 'failed' : 'cut'
}

/** Whether an image holds what it is to hold, or has failed: it names its snapshots from the moment that they are taken. */
export const isCut = (image: Image): boolean => snapshotsOf(image).length > 0 || imageState(image) !== 'cut'

const GIB = 1024 ** 3

/** Content is what the volumes could hold; stored is what the snapshots hold in full, of which less may be billed. */
export function sizesOf(image: Image, snapshots: readonly Snapshot[]): CheckpointSizes {
  const volumes = (image.BlockDeviceMappings ?? []).reduce((sum, {Ebs}) => sum + (Ebs?.VolumeSize ?? 0), 0)
  const full = snapshots.reduce((sum, {FullSnapshotSizeInBytes: size}) => sum + (size ?? 0), 0)
  return {content: volumes * GIB, stored: full > 0 ? full : volumes * GIB, entries: 0}
}

/** How far the snapshots are, in percent of all. */
export function percentOf(snapshots: readonly Snapshot[]): number | null {
  if (snapshots.length === 0) return null
  const sum = snapshots.reduce((total, {Progress}) => total + (Number.parseInt(Progress ?? '0', 10) || 0), 0)
  return sum / snapshots.length
}
