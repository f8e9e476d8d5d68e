import {newId} from '../account/ids.js'
import type {Image, Volume} from '../account/resources.js'
import {tagsFor} from '../account/tags.js'
import {Ec2Error} from '../protocol/ec2-error.js'
import type {Params} from '../protocol/params.js'

/** The disk of a new instance: as large as the image wants it at least. */
export function rootVolume(params: Params, image: Image): Volume {
  const mapping = params.groups('BlockDeviceMapping').find(one => one.text('DeviceName') === '/dev/sda1')
  const ebs = mapping?.group('Ebs')
  const size = ebs?.number('VolumeSize') ?? image.size
  if (size < image.size)
    throw new Ec2Error(
      'InvalidBlockDeviceMapping',
      `Volume of size ${size}GB is smaller than snapshot '${image.snapshot}', expect size >= ${image.size}GB`,
    )
  return {id: newId('vol'), size, encrypted: ebs?.flag('Encrypted') ?? false, tags: tagsFor(params, 'volume')}
}
