import type {Stored} from '../../../core/checkpoint.js'
import type {Context} from '../../../core/context.js'
import type {Refreshed} from '../../../core/handlers.js'
import {requireAccount} from '../account.js'
import {openEc2, type Ec2, type Image} from '../client.js'
import {HIDDEN, poll} from '../poll.js'
import {imageById, imageOf, imageState, percentOf, sizesOf, snapshotsById, snapshotsOf} from './image.js'

type Ami = Stored<'aws-ami'>

/** Milliseconds for which EC2 may not know what it was asked for. */
const LATE = 600_000

/** How far an image is. */
export async function refreshImage(checkpoint: Ami, context: Context): Promise<Refreshed<'aws-ami'>> {
  const {artifact, createdAt, sizes, id} = checkpoint
  const ec2 = await openEc2(artifact.region, context)
  const image = artifact.imageId === null ? await imageOf(ec2, id) : await imageById(ec2, artifact.imageId)
  if (image !== null) return look(ec2, artifact, image)
  await requireAccount(ec2, artifact.accountId)
  const late = Date.now() - Date.parse(createdAt) < LATE
  return {
    state: late ? 'cut' : 'failed',
    artifact,
    sizes,
    percent: null,
    failure: late ? null : `there is no image ${artifact.imageId ?? ''} in ${artifact.region} any more`,
  }
}

async function look(ec2: Ec2, artifact: Ami['artifact'], image: Image): Promise<Refreshed<'aws-ami'>> {
  const snapshotIds = snapshotsOf(image)
  const snapshots = await snapshotsById(ec2, snapshotIds)
  const state = imageState(image)
  return {
    state,
    artifact: {
      ...artifact,
      imageId: image.ImageId ?? artifact.imageId,
      // Once known, never forgotten: an image that fails may not tell any more what it leaves behind.
      snapshotIds: [...new Set([...artifact.snapshotIds, ...snapshotIds])],
    },
    sizes: sizesOf(image, snapshots),
    percent: percentOf(snapshots),
    failure: state === 'failed' ? (image.StateReason?.Message ?? `EC2 says that the image is ${image.State}`) : null,
  }
}

/** What there is of a create that was interrupted. Its source puts itself back. */
export async function resumeImage(checkpoint: Ami, context: Context): Promise<Refreshed<'aws-ami'> | null> {
  const {artifact, id} = checkpoint
  if (artifact.imageId !== null) return refreshImage(checkpoint, context)
  const ec2 = await openEc2(artifact.region, context)
  const image = await poll(() => imageOf(ec2, id), HIDDEN, context.signal)
  return image === null ? null : look(ec2, artifact, image)
}
