import {newLeaseId, newSlug} from '../../../../src/core/ids.js'
import {ANY_HOST, ANY_MACHINE, type Lease, type LeaseRequest, type MachineChoice} from '../../../../src/core/lease.js'
import {leaseRecord} from '../../../../src/testing/records.js'

/** What a lease is asked for with; nothing is kept of what it records. */
export const requestOf = (machine: Partial<MachineChoice> = {}): LeaseRequest => ({
  id: newLeaseId(),
  slug: newSlug(() => false),
  class: 'tiny',
  repoName: 'shop',
  expiresAt: null,
  host: ANY_HOST,
  machine: {...ANY_MACHINE, ...machine},
  record: async () => undefined,
})

/** The record of a lease on a provider, as if it had been made. */
export const leaseOf = (
  provider: string,
  details: Readonly<Record<string, string>> = {},
  request = requestOf(),
): Lease =>
  leaseRecord(provider, request, {workRoot: `/work/${request.id}`, workdir: `/work/${request.id}/shop`, details}, null)

export const IDENTITY = {accessKey: 'ssh-ed25519 AAAAC3Nza', hostKeySha256: 'SHA256:abc', machineIdSha256: 'ff00'}

/** What is recorded of an image. */
export const artifactOf = (
  region: string,
  {workRoot}: Pick<Lease, 'workRoot'>,
): {
  imageId: string
  region: string
  accountId: string
  architecture: 'x86_64'
  rootDeviceName: string
  snapshotIds: string[]
  workRoot: string
  identity: typeof IDENTITY
} => ({
  imageId: 'ami-0aaa',
  region,
  accountId: '111122223333',
  architecture: 'x86_64',
  rootDeviceName: '/dev/sda1',
  snapshotIds: ['snap-0aaa'],
  workRoot,
  identity: IDENTITY,
})
