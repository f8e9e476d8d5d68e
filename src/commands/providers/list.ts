import {CrabboxCommand} from '../../cli/command.js'
import {formatTable} from '../../cli/format.js'

export default class ProvidersList extends CrabboxCommand {
  static override summary = 'List the providers that are installed.'
  static override examples = ['<%= config.bin %> <%= command.id %>']

  async run(): Promise<{name: string; summary: string}[]> {
    await this.parse(ProvidersList)
    const {registry} = await this.environment()
    const providers = (await registry.list()).map(({name, summary}) => ({name, summary}))
    this.log(
      formatTable(
        ['NAME', 'SUMMARY'],
        providers.map(({name, summary}) => [name, summary]),
      ),
    )
    return providers
  }
}
