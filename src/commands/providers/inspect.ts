import {Args} from '@oclif/core'

import {CrabboxCommand} from '../../cli/command.js'
import type {Guarantees, Tier} from '../../core/tier.js'
import {TIERS} from '../../core/tier.js'

interface TierReport extends Guarantees {
  readonly tier: Tier
  readonly restore: boolean
}

export default class ProvidersInspect extends CrabboxCommand {
  static override summary = 'Show what each tier of a provider really guarantees.'
  static override description = 'Exit codes: 3 the provider cannot be loaded, 4 it is not known.'
  static override examples = ['<%= config.bin %> <%= command.id %> local']
  static override args = {provider: Args.string({description: "the provider's name", required: true})}

  async run(): Promise<{name: string; summary: string; tiers: TierReport[]}> {
    const {args} = await this.parse(ProvidersInspect)
    const {registry} = await this.environment()
    const {name, summary, tiers: table, restores} = await registry.get(args.provider)
    const tiers = TIERS.flatMap((tier): TierReport[] => {
      const guarantees = table[tier]?.guarantees
      return guarantees === undefined
        ? []
        : [{tier, restore: Object.keys(restores ?? {}).includes(tier), ...guarantees}]
    })
    this.log(`${name}: ${summary}`)
    for (const report of tiers) for (const line of describe(report)) this.log(line)
    return {name, summary, tiers}
  }
}

const describe = ({tier, restore, preserves, loses, cost, retention, security}: TierReport): string[] => [
  '',
  `${tier}${restore ? ' (restore in place)' : ''}`,
  ...preserves.map(what => `  keeps      ${what}`),
  ...loses.map(what => `  loses      ${what}`),
  `  cost       ${cost}`,
  `  retention  ${retention}`,
  `  security   ${security}`,
]
