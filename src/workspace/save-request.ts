import type {CheckpointSizes} from '../core/checkpoint.js'
import type {CheckpointId} from '../core/ids.js'
import type {WorkspaceArchiveArtifact} from '../core/tier.js'
import type {Transport} from '../core/transport.js'
import type {Received} from './received.js'
import type {ArchiveStore} from './store.js'

/** A checkpoint that is stored. */
export interface SavedBefore {
  readonly id: CheckpointId
  readonly artifact: WorkspaceArchiveArtifact
}

export interface SaveRequest {
  readonly id: CheckpointId
  readonly transport: Transport
  readonly workdir: string
  readonly patterns: readonly string[]
  readonly parent: SavedBefore | null
  /** Where there is no parent: a checkpoint that may hold the same content. */
  readonly alike: SavedBefore | null
  /** What earlier attempts at the same checkpoint have received; an attempt that loses its connection adds to it. */
  readonly received: Received[]
  readonly store: ArchiveStore
  readonly baselineFile: string
  readonly record: (artifact: WorkspaceArchiveArtifact) => Promise<void>
}

export interface SaveResult {
  readonly artifact: WorkspaceArchiveArtifact
  readonly sizes: CheckpointSizes
  readonly warnings: readonly string[]
  /** The checkpoint whose layers are reused; null when everything was stored. */
  readonly parent: CheckpointId | null
}
