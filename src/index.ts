// The SDK for provider plugins, and all of it: nothing else of the package can be imported. The conformance suite is
// separate: `crabbox/testing`.
export type * from './core/ask.js'
export type {
  Checkpoint,
  CheckpointBase,
  CheckpointOf,
  CheckpointSizes,
  CheckpointState,
  SavedWorkdir,
  SourceLease,
  Stored,
} from './core/checkpoint.js'
export type * from './core/context.js'
export {CONTRACT} from './core/contract.js'
export {
  busyError,
  configError,
  CrabboxError,
  EXIT,
  interruptedError,
  notFoundError,
  providerError,
  reasonOf,
  remoteError,
  throwIfAborted,
  usageError,
  type ErrorKind,
} from './core/errors.js'
export type * from './core/found-lease.js'
export type * from './core/handlers.js'
export type * from './core/host.js'
export type {CheckpointId, CheckpointName, LeaseId, Slug} from './core/ids.js'
export type * from './core/image.js'
export {
  ANY_HOST,
  ANY_MACHINE,
  MACHINE_CLASSES,
  MARKETS,
  type HostChoice,
  type Lease,
  type LeaseHandle,
  type LeaseReference,
  type LeaseRequest,
  type LeaseState,
  type MachineChoice,
  type MachineClass,
  type Market,
  type Placement,
  type RanCommand,
} from './core/lease.js'
export {silentProgress, type Progress, type ProgressTask, type ProgressUnit} from './core/progress.js'
export {
  defineProvider,
  type DialTarget,
  type LeaseOperations,
  type LeasePlanRequest,
  type LeaseStatus,
  type Provider,
  type ProviderDescriptor,
  type ProviderRegistrar,
} from './core/provider.js'
export type * from './core/recovered.js'
export type {RepoIdentity} from './core/repo.js'
export {
  RESTORABLE_TIERS,
  type RestorableTier,
  type Recovery,
  type RestoreHandlers,
  type RestoreRequest,
  type RestoreResult,
  type RestoreTable,
  type UndoRequest,
} from './core/restore.js'
export type * from './core/settings.js'
export {
  TIERS,
  type Artifacts,
  type AwsAmiArtifact,
  type Guarantees,
  type MachineIdentity,
  type ProviderNativeArtifact,
  type RecipeArtifact,
  type Tier,
  type WorkspaceArchiveArtifact,
} from './core/tier.js'
export type * from './core/transport.js'
export {localTransport} from './transports/local.js'
export {runScript, type ScriptOptions, type ScriptOutput} from './transports/script.js'
export {connectSsh, type SshAccess, type SshReached} from './transports/ssh/connect.js'
export {hostSnapshot} from './tiers/host-snapshot/index.js'
export type {HostSnapshotLeases} from './tiers/host-snapshot/leases.js'
export {hostSnapshotRestore} from './tiers/host-snapshot/restore.js'
export {recipe} from './tiers/recipe.js'
export type {ArchiveLeases} from './tiers/archive-leases.js'
export {workspaceArchive} from './tiers/workspace-archive.js'
export {workspaceArchiveRestore} from './tiers/workspace-archive-restore.js'
