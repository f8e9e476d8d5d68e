import {Args, Flags} from '@oclif/core'

import {CrabboxCommand} from '../../cli/command.js'
import {ANY_MACHINE} from '../../core/lease.js'
import {promoteImage, type Promotion} from '../../operations/images.js'

export default class ImagePromote extends CrabboxCommand {
  static override summary = 'Make new leases boot from an image.'
  static override description = `For its region and architecture; the one that was promoted before is taken back. Checkpoints and forks are not changed by it.
Exit codes: 2 usage, 3 credentials, 4 no such image or checkpoint, 5 the provider failed, 6 it is not ready.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> heavy-tool-ready',
    '<%= config.bin %> <%= command.id %> ami-0a1b2c3d4e5f --region eu-central-1',
  ]
  static override args = {
    image: Args.string({description: 'image of the provider, or a checkpoint that is one', required: true}),
  }
  static override flags = {
    provider: Flags.string({description: 'whose image it is', helpValue: 'PROVIDER', default: 'aws'}),
    region: Flags.string({description: "where the image is (default: the provider's own)"}),
  }

  async run(): Promise<Promotion> {
    const {args, flags} = await this.parse(ImagePromote)
    const environment = await this.changingEnvironment()
    const machine = {...ANY_MACHINE, region: flags.region ?? null}
    const promotion = await promoteImage({image: args.image, provider: flags.provider, machine}, environment)
    const {promoted, replaced} = promotion
    this.log(`new ${promoted.architecture} leases in ${promoted.region} boot from ${promoted.id}`)
    if (replaced !== null) this.log(`${replaced.id} is not promoted any more`)
    return promotion
  }
}
