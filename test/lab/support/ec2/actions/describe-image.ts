import type {Image, ImageState} from '../account/resources.js'
import {tagSet} from '../account/tags.js'
import type {Xml} from '../protocol/xml.js'

/** What an image is now. It becomes what it becomes by being looked at. */
export function imageState({polls, failure}: Pick<Image, 'polls' | 'failure'>): ImageState {
  if (polls.left > 0) return 'pending'
  return failure === undefined ? 'available' : 'failed'
}

export function describeImage(image: Image): Xml {
  const showsSnapshot = image.snapshotPolls <= 0 && imageState(image) !== 'failed'
  const ebs = {
    snapshotId: showsSnapshot ? image.snapshot : undefined,
    volumeSize: image.size,
    volumeType: 'gp3',
    deleteOnTermination: true,
  }
  return {
    imageId: image.id,
    imageLocation: `${image.owner}/${image.name}`,
    imageState: imageState(image),
    stateReason: imageState(image) === 'failed' ? {code: 'Client.InternalError', message: image.failure} : undefined,
    imageOwnerId: image.owner,
    creationDate: image.created,
    isPublic: isPublic(image),
    architecture: image.architecture,
    imageType: 'machine',
    name: image.name,
    description: image.description,
    rootDeviceType: 'ebs',
    rootDeviceName: '/dev/sda1',
    blockDeviceMapping: [{deviceName: '/dev/sda1', ebs}],
    virtualizationType: 'hvm',
    hypervisor: 'xen',
    platformDetails: 'Linux/UNIX',
    tagSet: tagSet(image.tags),
  }
}

/** Only the images that come with the cloud are everybody's. */
export const isPublic = ({name}: Image): boolean => name.startsWith('ubuntu/images/')
