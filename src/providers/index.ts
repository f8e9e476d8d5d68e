import {CONTRACT} from '../core/contract.js'
import type {ProviderRegistrar} from '../core/provider.js'
import type {ProviderSetting} from '../core/settings.js'

/** What can be configured for AWS. */
const awsSettings: Readonly<Record<string, ProviderSetting>> = {
  region: {
    summary: 'region',
    pattern: /^[a-z]{2}(?:-[a-z]+)+-\d$/,
    allowed: 'write it as AWS does, such as eu-central-1',
  },
  profile: {
    summary: 'profile of the AWS configuration',
    pattern: /^[^\s[\]]+$/,
    allowed: 'write the name of a profile',
  },
  market: {
    summary: 'how machines are paid for',
    pattern: /^(?:on-demand|spot)$/,
    allowed: 'allowed are on-demand, spot',
  },
  subnet: {
    summary: 'subnet to lease in',
    pattern: /^subnet-[\da-f]+$/,
    allowed: 'write its id, such as subnet-0a1b2c3d',
  },
  sshFrom: {
    summary: 'from where SSH is let in',
    pattern: /^(?!.*\/0(?:,|$))[\da-fA-F.:]+\/\d{1,3}(?:, ?[\da-fA-F.:]+\/\d{1,3})*$/,
    allowed: 'write ranges such as 203.0.113.7/32, with commas between them; none may be the whole internet',
  },
  diskGb: {summary: 'gigabytes of disk', pattern: /^[1-9]\d{0,4}$/, allowed: 'write a number of gigabytes'},
}

/** Registers the providers that come with Crabbox, as any plugin registers its own. Loads none. */
export function registerBuiltIns({register}: ProviderRegistrar): void {
  register({
    name: 'local',
    summary: 'Directories on this machine; needs nothing, isolates files only.',
    contract: CONTRACT,
    load: async () => (await import('./local/index.js')).local,
  })
  register({
    name: 'ssh',
    summary: 'Directories on hosts that you can log in to; isolates files only.',
    contract: CONTRACT,
    load: async () => (await import('./ssh/index.js')).ssh,
  })
  register({
    name: 'aws',
    summary: 'Linux machines on EC2, each with a key of its own; checkpoints can be whole machines.',
    contract: CONTRACT,
    settings: awsSettings,
    load: async () => (await import('./aws/index.js')).aws,
  })
}
