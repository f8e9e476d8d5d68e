import type {Context} from '../core/context.js'
import type {HostChoice, MachineChoice, MachineClass} from '../core/lease.js'
import type {Provider} from '../core/provider.js'
import type {Tier} from '../core/tier.js'
import type {LeaseKeeper} from './lease-keeper.js'
import type {RecordKeeper} from './record-keeper.js'
import type {Workspace} from './workspace.js'

/** A provider that is to be tested, and what it needs for that. */
export interface Subject {
  readonly provider: Provider
  /** Its state directory must exist and be ready for use. Default: one of its own, which goes with the process. */
  readonly context?: Context
  /** How the suite looks into leases. Default: with `sh`, over what `connect` opens. */
  readonly workspace?: Workspace
  /** `none`: the provider has no shell to connect to, and must say so. Default: `posix`. */
  readonly shell?: 'posix' | 'none'
  /**
   * Of the tiers that the provider declares, those that work where it is tested: some depend on the host. Of the others, `probe` has
   * to say why they do not. Default: all.
   */
  readonly tiers?: readonly Tier[]
  /** Where to lease, for providers with hosts. Default: the provider chooses. */
  readonly host?: HostChoice
  /** The size of the machines to lease. Default: `tiny`. */
  readonly class?: MachineClass
  /** What machines to lease beside their size, for providers that boot machines. Default: no wish. */
  readonly machine?: MachineChoice
  /** Where records are kept while a case runs. Default: in the catalog of the context's state directory. */
  readonly records?: RecordKeeper
  /** Told of every lease before it is made, for those who give leases back when the process is killed. Default: nobody. */
  readonly keeper?: LeaseKeeper
}

/** A subject, with what it leaves to the suite. */
export interface PreparedSubject {
  /** As it is: what it says of hosts may be known only when a case runs. */
  readonly subject: Subject
  readonly context: Context
  readonly records: RecordKeeper
}
