import type {CheckpointBase, CheckpointState, Stored} from '../core/checkpoint.js'
import type {Created} from '../core/handlers.js'
import type {CheckpointId} from '../core/ids.js'
import type {Lease, LeaseRequest, Placement} from '../core/lease.js'
import type {Artifacts, Tier} from '../core/tier.js'

/** The lease that operations would record for what `acquire` or `fork` answered. */
export const leaseRecord = (
  provider: string,
  request: LeaseRequest,
  placement: Placement,
  forkedFrom: CheckpointId | null,
): Lease => ({
  id: request.id,
  slug: request.slug,
  class: request.class,
  expiresAt: request.expiresAt,
  workRoot: placement.workRoot,
  workdir: placement.workdir,
  details: placement.details,
  provider,
  forkedFrom,
  state: 'ready',
  createdAt: new Date().toISOString(),
  repo: null,
  history: [
    {command: ['npm', 'ci'], exitCode: 0, at: new Date().toISOString()},
    {command: 'npm test && false', exitCode: 1, at: new Date().toISOString()},
  ],
})

/** What is known of a checkpoint while it is being made, and afterwards. */
export interface RecordedFacts<T extends Tier> extends Partial<Omit<Created<T>, 'artifact' | 'state'>> {
  readonly artifact: Artifacts[T]
  readonly state: CheckpointState
}

/** The record that operations would keep of a checkpoint of the whole workdir. */
export const checkpointRecord = <T extends Tier>(
  tier: T,
  id: CheckpointId,
  lease: Lease,
  facts: RecordedFacts<T>,
): Stored<T> => ({
  ...checkpointDraft(id, lease),
  tier,
  artifact: facts.artifact,
  state: facts.state,
  sizes: facts.sizes ?? null,
  warnings: facts.warnings ?? [],
  parent: facts.parent ?? null,
})

/** The same before anything was made. */
export const checkpointDraft = (id: CheckpointId, lease: Lease): CheckpointBase => ({
  id,
  state: 'creating',
  sizes: null,
  warnings: [],
  parent: null,
  name: null,
  createdAt: new Date().toISOString(),
  lastUsedAt: null,
  provider: lease.provider,
  lease: {id: lease.id, slug: lease.slug, class: lease.class},
  repo: lease.repo,
  workdir: {path: lease.workdir, relative: '.'},
  story: lease.history.at(-1) ?? null,
  labels: {},
  note: null,
  expiresAt: null,
  failure: null,
  crabboxVersion: '0.0.0',
})
