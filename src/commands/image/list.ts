import {CrabboxCommand} from '../../cli/command.js'
import {formatAge, formatTable} from '../../cli/format.js'
import type {PromotedImage} from '../../core/image.js'
import {listImages} from '../../operations/images.js'
import {defaultStateDir} from '../../state/paths.js'

export default class ImageList extends CrabboxCommand {
  static override summary = 'List the images that new leases boot from.'
  static override description = 'Shows what is recorded here, and asks nobody.'
  static override examples = ['<%= config.bin %> <%= command.id %>']

  async run(): Promise<{images: PromotedImage[]}> {
    await this.parse(ImageList)
    const images = await listImages(defaultStateDir(process.env))
    const rows = images.map(({id, provider, region, architecture, checkpoint, promotedAt}) => [
      id,
      provider,
      region,
      architecture,
      formatAge(promotedAt),
      checkpoint ?? '-',
    ])
    this.log(
      rows.length === 0
        ? "no image is promoted: leases boot from the provider's own"
        : formatTable(['IMAGE', 'PROVIDER', 'REGION', 'ARCHITECTURE', 'AGE', 'CHECKPOINT'], rows),
    )
    return {images}
  }
}
