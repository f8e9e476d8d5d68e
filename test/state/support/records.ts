import type {CheckpointOf} from '../../../src/core/checkpoint.js'
import {newCheckpointId, newLeaseId, newSlug} from '../../../src/core/ids.js'
import type {Lease} from '../../../src/core/lease.js'

/** A whole record of a checkpoint. */
export const checkpoint = (fields: Partial<CheckpointOf<'recipe'>> = {}): CheckpointOf<'recipe'> => ({
  id: newCheckpointId(),
  name: null,
  tier: 'recipe',
  state: 'ready',
  createdAt: '2026-01-02T03:04:05.000Z',
  lastUsedAt: null,
  provider: 'local',
  lease: {id: newLeaseId(), slug: newSlug(() => false), class: 'standard'},
  parent: null,
  repo: null,
  workdir: {path: '/work/repo', relative: '.'},
  sizes: null,
  story: null,
  labels: {},
  note: null,
  expiresAt: null,
  warnings: [],
  failure: null,
  crabboxVersion: '0.1.0',
  artifact: null,
  ...fields,
})

/** A whole record of a lease. */
export const lease = (fields: Partial<Lease> = {}): Lease => ({
  id: newLeaseId(),
  slug: newSlug(() => false),
  provider: 'local',
  class: 'standard',
  state: 'ready',
  createdAt: '2026-01-02T03:04:05.000Z',
  expiresAt: null,
  repo: null,
  forkedFrom: null,
  history: [],
  workRoot: '/work',
  workdir: '/work/repo',
  details: {},
  ...fields,
})
