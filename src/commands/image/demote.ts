import {Args} from '@oclif/core'

import {CrabboxCommand} from '../../cli/command.js'
import type {PromotedImage} from '../../core/image.js'
import {demoteImage} from '../../operations/images.js'

export default class ImageDemote extends CrabboxCommand {
  static override summary = "Let new leases boot from the provider's own image again."
  static override description =
    'The image stays. Exit codes: 3 credentials, 4 it is not promoted, 5 the provider failed.'
  static override examples = ['<%= config.bin %> <%= command.id %> ami-0a1b2c3d4e5f']
  static override args = {
    image: Args.string({description: 'promoted image, or its checkpoint', required: true}),
  }

  async run(): Promise<{demoted: PromotedImage}> {
    const {args} = await this.parse(ImageDemote)
    const demoted = await demoteImage(args.image, await this.changingEnvironment())
    this.log(`${demoted.id} is not promoted any more`)
    return {demoted}
  }
}
