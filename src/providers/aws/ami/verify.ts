import type {Stored} from '../../../core/checkpoint.js'
import type {Context} from '../../../core/context.js'
import type {VerifyReport} from '../../../core/handlers.js'
import {openEc2} from '../client.js'
import {CHECKPOINT, readTag} from '../tags.js'
import {imageById, imageState, snapshotsById} from './image.js'

/** Looks at all that a fork would need: the image, its snapshots, their states and their tags. No bytes can be read. */
export async function verifyImage({id, artifact}: Stored<'aws-ami'>, context: Context): Promise<VerifyReport> {
  const {region, imageId, accountId, snapshotIds} = artifact
  const ec2 = await openEc2(region, context)
  const image = imageId === null ? null : await imageById(ec2, imageId)
  const problems: string[] = []
  if (image === null) problems.push(`the image ${imageId ?? ''} is not in ${region}`)
  else {
    if (imageState(image) !== 'ready') problems.push(`the image ${imageId} is ${image.State}`)
    if (image.OwnerId !== undefined && image.OwnerId !== accountId)
      problems.push(`the image ${imageId} belongs to account ${image.OwnerId}`)
    if (readTag(image.Tags, CHECKPOINT) !== id)
      problems.push(`the image ${imageId} does not bear the tag of this checkpoint`)
  }

  const snapshots = await snapshotsById(ec2, snapshotIds)
  for (const snapshot of snapshotIds) {
    const found = snapshots.find(({SnapshotId}) => SnapshotId === snapshot)
    if (found === undefined) problems.push(`the snapshot ${snapshot} is gone`)
    else if (found.State !== 'completed') problems.push(`the snapshot ${snapshot} is ${found.State}`)
  }

  if (snapshotIds.length === 0) problems.push('no snapshot is recorded')
  return {problems, checkedBytes: 0}
}
