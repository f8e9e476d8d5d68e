import {Flags} from '@oclif/core'

import {MACHINE_CLASSES, type MachineClass} from '../core/lease.js'
import {TIERS, type Tier} from '../core/tier.js'

/** Flags that several commands share. */
export const leaseFlag = Flags.string({
  description: 'lease: its id, a unique prefix of it, or its slug',
  helpValue: 'LEASE',
  required: true,
})
export const workdirFlag = Flags.string({
  description: "directory on the lease, absolute or below the lease's workdir",
  helpValue: 'DIRECTORY',
})
export const dryRunFlag = Flags.boolean({description: 'say what would happen and change nothing'})
export const classFlag = Flags.option({
  options: MACHINE_CLASSES as unknown as MachineClass[],
  description: 'size of the machine',
})
export const tierFlag = Flags.option({options: TIERS as unknown as Tier[], description: 'checkpoint tier'})
const ttl = {description: 'how long the lease is meant to live, such as 12h', helpValue: 'DURATION'}
export const ttlFlag = Flags.string(ttl)

/** Those of them for which configuration has defaults, of commands that make a lease from nothing. */
export const newLeaseFlags = {
  class: classFlag({env: 'CRABBOX_CLASS'}),
  ttl: Flags.string({...ttl, env: 'CRABBOX_TTL'}),
}
