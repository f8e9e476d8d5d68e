import type {Stored} from '../../../core/checkpoint.js'
import type {Context} from '../../../core/context.js'
import {configError, notFoundError, providerError, throwIfAborted, usageError} from '../../../core/errors.js'
import type {ForkRequest} from '../../../core/handlers.js'
import type {LeaseRequest, Placement} from '../../../core/lease.js'
import {bootImage, type BootImage} from '../base-image.js'
import {openEc2, type Ec2} from '../client.js'
import {giveBack} from '../give-back.js'
import {candidates} from '../launch.js'
import {bootMachine} from '../machine.js'
import {imageById, imageState} from './image.js'
import {moveWorkRoot} from './move.js'
import {requireStranger} from './stranger.js'

/** Boots a machine from a checkpoint's image, and gives it out only when it is nobody else. */
export async function forkImage({checkpoint, lease}: ForkRequest<'aws-ami'>, context: Context): Promise<Placement> {
  throwIfAborted(context.signal)
  const {artifact} = checkpoint
  const region = lease.machine?.region ?? artifact.region
  if (region !== artifact.region) throw otherRegion(checkpoint.id, artifact.region, region)
  const ec2 = await openEc2(region, context)
  const image = await requireImage(ec2, checkpoint, lease)
  const {machine, reached, placement} = await bootMachine(ec2, lease, async () => image, context)
  try {
    await requireStranger(reached, machine, checkpoint, context)
    await moveWorkRoot(reached.transport, artifact.workRoot, placement, context.signal)
    return placement
  } catch (error) {
    // A machine that may still be somebody else's, or has not what it should have, is not given to anybody.
    await giveBack(ec2, lease, placement.details, context)
    throw error
  } finally {
    await reached.transport.close()
  }
}

/** All that can be known of an image before a machine is paid for. */
async function requireImage(ec2: Ec2, checkpoint: Stored<'aws-ami'>, lease: LeaseRequest): Promise<BootImage> {
  const {imageId, accountId} = checkpoint.artifact
  const image = imageId === null ? null : await imageById(ec2, imageId)
  if (image === null)
    throw notFoundError(
      'IMAGE_GONE',
      `the image ${imageId ?? ''} of ${checkpoint.id} is not in ${ec2.region} for these credentials; it was made in account ${accountId}`,
      'Use the credentials of that account; if it was deleted there, delete the checkpoint, too.',
    )
  if (image.OwnerId !== undefined && image.OwnerId !== accountId)
    throw configError(
      'IMAGE_OF_OTHERS',
      `the image ${imageId} belongs to account ${image.OwnerId}, not to ${accountId}`,
    )
  if (imageState(image) !== 'ready')
    throw providerError('IMAGE_NOT_READY', `the image ${imageId} is ${image.State}`, 'Try again later.')
  const boot = bootImage(image)
  candidates(lease, boot)
  return boot
}

const otherRegion = (checkpoint: string, is: string, asked: string): Error =>
  usageError(
    'AWS_REGION',
    `${checkpoint} is an image in ${is}, and can be forked there only, not in ${asked}`,
    'Leave out --region.',
  )
