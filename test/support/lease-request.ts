import {newLeaseId, newSlug} from '../../src/core/ids.js'
import {ANY_HOST, type LeaseRequest} from '../../src/core/lease.js'

/** What a new lease is asked for with, on any host; a new id and slug with each. */
export const newLeaseRequest = (changed: Partial<LeaseRequest> = {}): LeaseRequest => ({
  ...{id: newLeaseId(), slug: newSlug(() => false), class: 'tiny', repoName: 'app', expiresAt: null, host: ANY_HOST},
  ...{record: async () => undefined, ...changed},
})
