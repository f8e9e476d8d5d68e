import {notFoundError, providerError} from '../../core/errors.js'
import type {ImageOperations} from '../../core/image.js'
import {openEc2} from './client.js'
import {isNotFound} from './errors.js'
import {promotedTag, tagsOf} from './tags.js'
import {imageById} from './ami/image.js'

/** Images from which new leases boot. The tag tells others who use the account, and keeps the image from being deleted. */
export const images: ImageOperations = {
  promote: async (id, checkpoint, {region}, context) => {
    const ec2 = await openEc2(region, context)
    const image = await imageById(ec2, id)
    if (image === null)
      throw notFoundError(
        'IMAGE_NOT_FOUND',
        `there is no image ${id} in ${ec2.region}`,
        'Check the id and the --region.',
      )
    if (image.State !== 'available')
      throw providerError('IMAGE_NOT_READY', `the image ${id} is ${image.State}`, 'Try again when it is available.')
    await ec2.call('CreateTags', {Resources: [id], Tags: tagsOf({[promotedTag()]: 'true'})})
    return {
      id,
      provider: 'aws',
      region: ec2.region,
      architecture: image.Architecture ?? 'x86_64',
      checkpoint,
      promotedAt: new Date().toISOString(),
    }
  },
  demote: async ({id, region}, context) => {
    const ec2 = await openEc2(region, context)
    await ec2.call('DeleteTags', {Resources: [id], Tags: [{Key: promotedTag()}]}).catch((error: unknown) => {
      if (!isNotFound(error)) throw error
    })
  },
}
