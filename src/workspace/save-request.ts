import type {CheckpointSizes} from '../core/checkpoint.js'
import type {CheckpointId} from '../core/ids.js'
import type {WorkspaceArchiveArtifact} from '../core/tier.js'
import type {Transport} from '../core/transport.js'
import type {Baseline} from './baseline-text.js'
import type {Received} from './received.js'
import type {SaveBase, SaveOrigin} from './save-base.js'

export interface SaveRequest extends SaveOrigin {
  readonly id: CheckpointId
  readonly transport: Transport
  readonly workdir: string
  readonly patterns: readonly string[]
  /** What was read of what it stands on, while the host was reached. */
  readonly base: Promise<SaveBase>
  /** How the workdir looked when it was last equal to a checkpoint. */
  readonly looked: Promise<Baseline | null>
  /** What earlier attempts at the same checkpoint have received; an attempt that loses its connection adds to it. */
  readonly received: Received[]
  readonly record: (artifact: WorkspaceArchiveArtifact) => Promise<void>
}

export interface SaveResult {
  readonly artifact: WorkspaceArchiveArtifact
  readonly sizes: CheckpointSizes
  readonly warnings: readonly string[]
  /** The checkpoint whose layers are reused; null when everything was stored. */
  readonly parent: CheckpointId | null
}
