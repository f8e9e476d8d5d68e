import type {Lease} from '../core/lease.js'
import type {Tier} from '../core/tier.js'

/** What `--mode` takes: a tier by its short name, or the rule below. */
export const MODES = ['auto', 'archive', 'recipe', 'ami', 'native'] as const
export type Mode = (typeof MODES)[number]

const BY_MODE: Readonly<Record<Exclude<Mode, 'auto'>, Tier>> = {
  archive: 'workspace-archive',
  recipe: 'recipe',
  ami: 'aws-ami',
  native: 'provider-native',
}

/** `auto` is the machine image for machines that Crabbox leased on AWS, and the archive everywhere else. */
export function chooseTier(mode: Mode, lease: Lease): Tier {
  if (mode !== 'auto') return BY_MODE[mode]
  return lease.provider === 'aws' ? 'aws-ami' : 'workspace-archive'
}
