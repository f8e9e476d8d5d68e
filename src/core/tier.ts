import type {CheckpointId} from './ids.js'
import type {RanCommand} from './lease.js'

/** The data that a checkpoint of each tier carries. Its keys are the tiers. */
export interface Artifacts {
  recipe: RecipeArtifact
  'workspace-archive': WorkspaceArchiveArtifact
  'aws-ami': AwsAmiArtifact
  'provider-native': ProviderNativeArtifact
}

/** How a checkpoint was saved, and what that guarantees. */
export type Tier = keyof Artifacts

/** All tiers. */
export const TIERS = ['recipe', 'workspace-archive', 'aws-ami', 'provider-native'] as const satisfies readonly Tier[]

/** Metadata only: enough for a person or a later version to rebuild the state. */
export interface RecipeArtifact {
  /** Commands that succeeded on the lease, oldest first. */
  readonly commands: readonly RanCommand[]
}

/** Layers and manifests in the state directory. Every id named here is needed to read the checkpoint. */
export interface WorkspaceArchiveArtifact {
  /** The checkpoint's own manifest and those it is encoded against, newest first. Each is named after its checkpoint. */
  readonly manifests: readonly CheckpointId[]
  /** Layer files, as names in `layers/`. */
  readonly layers: readonly string[]
  /** SHA-256 of the own manifest file, hex; null until it is written. */
  readonly manifestSha256: string | null
  /** Patterns that were left out, beside those that always are. */
  readonly excludes: readonly string[]
}

/** A machine image and the snapshots behind it. */
export interface AwsAmiArtifact {
  /** Null until the image was asked for. */
  readonly imageId: string | null
  readonly region: string
  readonly accountId: string
  readonly architecture: 'x86_64' | 'arm64'
  readonly rootDeviceName: string
  readonly snapshotIds: readonly string[]
  /** The directory on the image that holds the workdir, which a fork moves. */
  readonly workRoot: string
  /** Who the source is, so that a fork can be shown to be somebody else. */
  readonly identity: MachineIdentity
}

/** What must differ between two machines. Nothing of it is secret. */
export interface MachineIdentity {
  /** The public key that opens the machine, as `authorized_keys` has it: type and base64. */
  readonly accessKey: string
  /** SHA-256 of the machine's own public key, as ssh prints it. */
  readonly hostKeySha256: string
  /** SHA-256 of the machine id, hex. */
  readonly machineIdSha256: string
}

/** A state that the backend saved by its own means. */
export interface ProviderNativeArtifact {
  /** What the backend really did, such as `btrfs-snapshot`. */
  readonly mechanism: string
  /** The backend's own name for the saved state. */
  readonly reference: string
  readonly details: Readonly<Record<string, string>>
}

/** What a tier promises on this provider, in sentences that `providers inspect` prints. */
export interface Guarantees {
  readonly preserves: readonly string[]
  readonly loses: readonly string[]
  readonly cost: string
  readonly retention: string
  readonly security: string
}
