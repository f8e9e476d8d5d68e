import {ACCOUNT, find, see, type Region} from '../account/region.js'
import type {Image} from '../account/resources.js'
import {Ec2Error} from '../protocol/ec2-error.js'
import {passes, type Fields} from '../protocol/filters.js'
import {page} from '../protocol/page.js'
import type {Action} from './action.js'
import {describeImage, imageState, isPublic} from './describe-image.js'

export const DescribeImages: Action = (region, params) => () => {
  const owners = params.texts('Owner').map(owner => (owner === 'self' ? ACCOUNT : owner))
  const found = see('image', region.images, params.texts('ImageId'))
    .filter(({owner}) => owners.length === 0 || owners.includes(owner))
    .filter(image => passes(params, fieldsOf(image), image.tags))
  const answer = page(params, 'imagesSet', found.map(describeImage))
  for (const image of found) {
    image.polls.left--
    image.snapshotPolls--
  }

  return answer
}

export const DeregisterImage: Action = (region, params) => {
  const image = find('image', region.images, params.required('ImageId'))
  if (image.owner !== ACCOUNT) throw new Ec2Error('AuthFailure', `Not authorized for image:${image.id}`)
  return () => {
    region.images.delete(image.id)
    if (!params.flag('DeleteAssociatedSnapshots')) return {return: true}
    return {
      return: true,
      deleteSnapshotResultSet: [{snapshotId: image.snapshot, returnCode: deleteUnused(region, image.snapshot)}],
    }
  }
}

/** What another image needs stays. */
function deleteUnused(region: Region, snapshot: string): string {
  if ([...region.images.values()].some(image => image.snapshot === snapshot)) return 'skipped'
  return region.snapshots.delete(snapshot) ? 'success' : 'skipped'
}

const fieldsOf = (image: Image): Fields => ({
  'image-id': image.id,
  name: image.name,
  description: image.description,
  state: imageState(image),
  architecture: image.architecture,
  'owner-id': image.owner,
  'is-public': String(isPublic(image)),
  'image-type': 'machine',
  'creation-date': image.created.toISOString(),
  'root-device-type': 'ebs',
  'root-device-name': '/dev/sda1',
  'virtualization-type': 'hvm',
  'block-device-mapping.snapshot-id': image.snapshot,
})
