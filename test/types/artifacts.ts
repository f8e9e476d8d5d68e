// What must not compile. It is compiled with the tests and never run.
import type {Checkpoint, CheckpointBase, CheckpointOf, Stored} from '../../src/core/checkpoint.js'
import type {CreateRequest, TierHandlers} from '../../src/core/handlers.js'
import type {
  AwsAmiArtifact,
  ProviderNativeArtifact,
  RecipeArtifact,
  WorkspaceArchiveArtifact,
} from '../../src/core/tier.js'

declare const base: CheckpointBase
declare const recipe: RecipeArtifact
declare const archive: WorkspaceArchiveArtifact
declare const image: AwsAmiArtifact
declare const native: ProviderNativeArtifact

export const sound: Checkpoint[] = [
  {...base, tier: 'recipe', artifact: recipe},
  {...base, tier: 'workspace-archive', artifact: archive},
  {...base, tier: 'aws-ami', artifact: image},
  {...base, tier: 'provider-native', artifact: null},
]

// @ts-expect-error -- a record of one tier with the artifact of another
export const mixed: Checkpoint = {...base, tier: 'aws-ami', artifact: native}

// @ts-expect-error -- there is no tier named floppy
export const unknown: Checkpoint = {...base, tier: 'floppy', artifact: null}

// @ts-expect-error -- handlers work on records that have an artifact
export const empty: Stored<'recipe'> = {...base, tier: 'recipe', artifact: null}

declare const recorded: CheckpointOf<'recipe'>
// @ts-expect-error -- a record whose artifact may be missing is not yet what handlers work on
export const early: Stored<'recipe'> = recorded

declare const request: CreateRequest<'workspace-archive'>
// @ts-expect-error -- a handler records the artifact of its own tier only
void request.record(image)

declare const handlers: TierHandlers<'aws-ami'>
declare const context: Parameters<typeof handlers.delete>[1]
declare const stored: Stored<'workspace-archive'>
// @ts-expect-error -- the checkpoint of one tier is not given to the handlers of another
void handlers.delete(stored, context)

export function imageOf(checkpoint: Checkpoint): string | null {
  // @ts-expect-error -- what an artifact holds is not known before its tier is
  void checkpoint.artifact?.imageId
  return checkpoint.tier === 'aws-ami' ? (checkpoint.artifact?.imageId ?? null) : null
}
