import type {Checkpoint, CheckpointBase, CheckpointOf, SavedWorkdir, Stored} from '../core/checkpoint.js'
import {busyError} from '../core/errors.js'
import type {CheckpointId, CheckpointName} from '../core/ids.js'
import type {Lease} from '../core/lease.js'
import type {RepoIdentity} from '../core/repo.js'
import type {Tier} from '../core/tier.js'

export interface RecordWish {
  readonly id: CheckpointId
  readonly name: CheckpointName | null
  readonly lease: Lease
  readonly repo: RepoIdentity | null
  readonly workdir: SavedWorkdir
  readonly labels: Readonly<Record<string, string>>
  readonly note: string | null
  readonly version: string
}

/** The record of a checkpoint that is about to be made. */
export function draftRecord<T extends Tier>(tier: T, wish: RecordWish): CheckpointOf<T> {
  const {id, name, lease, repo, workdir, labels, note, version} = wish
  const base: CheckpointBase = {
    id,
    name,
    repo,
    workdir,
    labels,
    note,
    state: 'creating',
    createdAt: new Date().toISOString(),
    lastUsedAt: null,
    provider: lease.provider,
    lease: {id: lease.id, slug: lease.slug, class: lease.class, ...hostOf(lease)},
    parent: null,
    sizes: null,
    story: lease.history.at(-1) ?? null,
    expiresAt: null,
    warnings: [],
    failure: null,
    crabboxVersion: version,
  }
  return {...base, tier, artifact: null}
}

/**
 * A record that can be read: ready, and with its artifact.
 * @throws {CrabboxError} `CHECKPOINT_NOT_READY`
 */
export function requireReady(checkpoint: Checkpoint): Stored<Tier> {
  if (checkpoint.state === 'ready' && checkpoint.artifact !== null) return checkpoint as Stored<Tier>
  const why = checkpoint.failure === null ? '' : `: ${checkpoint.failure}`
  if (checkpoint.state === 'cut')
    throw busyError(
      'CHECKPOINT_NOT_READY',
      `${checkpoint.id} is not ready yet: ${checkpoint.provider} is still at work on it`,
      `Try again later; crabbox checkpoint inspect ${checkpoint.id} tells how far it is.`,
    )
  throw busyError(
    'CHECKPOINT_NOT_READY',
    `${checkpoint.id} is ${checkpoint.state}, not ready${why}`,
    'See crabbox checkpoint list; crabbox checkpoint prune --failed removes what was interrupted.',
  )
}

const hostOf = ({details: {host}}: Lease): {host?: string} => (host === undefined ? {} : {host})
