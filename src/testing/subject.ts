import type {Stored} from '../core/checkpoint.js'
import type {Context} from '../core/context.js'
import type {CheckpointId} from '../core/ids.js'
import type {HostChoice, MachineClass} from '../core/lease.js'
import type {Provider} from '../core/provider.js'
import type {Tier} from '../core/tier.js'
import type {Workspace} from './workspace.js'

/** A provider that is to be tested, and what it needs for that. */
export interface Subject {
  readonly provider: Provider
  /** Its state directory must exist and be ready for use. */
  readonly context: Context
  /** How the suite looks into leases. Default: with `sh`, over what `connect` opens. */
  readonly workspace?: Workspace
  /** `none`: the provider has no shell to connect to, and must say so. Default: `posix`. */
  readonly shell?: 'posix' | 'none'
  /** Where to lease, for providers with hosts. Default: the provider chooses. */
  readonly host?: HostChoice
  /** The size of the machines to lease. Default: `tiny`. */
  readonly machine?: MachineClass
  /**
   * Where handlers look for the other checkpoints, for those that do: `workspace-archive` finds out from the catalog which
   * layers are still needed. Default: records are kept nowhere.
   */
  readonly records?: RecordKeeper
}

export interface RecordKeeper {
  /** Adds a record, or replaces the one with its id. */
  readonly put: <T extends Tier>(checkpoint: Stored<T>) => Promise<void>
  readonly remove: (id: CheckpointId) => Promise<void>
}
