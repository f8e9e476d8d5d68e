import {join} from 'node:path'

import {notFoundError, type LeaseId} from 'crabbox'

import {readJson, writeJson} from './json-file.js'
import type {LayerId} from './layers.js'

/** Where a lease lies. */
export interface LeasePlace {
  readonly directory: string
  readonly id: LeaseId
}

/** What is known of a lease, in `leases/<id>/lease.json`. */
export interface LeaseFile {
  /** The layer that it writes to. */
  readonly layer: LayerId
  /** The one below it. */
  readonly below: LayerId | null
  /** One that is being made to take its place. What an interruption leaves of it is removed. */
  readonly next: LayerId | null
  /** The one that it wrote to before, for as long as it is still counted among that one's users. */
  readonly before?: LayerId
}

/** All that is the lease's own. */
export const leaseDirectory = ({directory, id}: LeasePlace): string => join(directory, 'leases', id)

/** Where it is mounted. */
export const mountPointOf = (place: LeasePlace): string => join(leaseDirectory(place), 'root')

/** Null: there is no such lease. */
export const readLease = (place: LeasePlace): Promise<LeaseFile | null> => readJson(fileOf(place))

/** @throws {CrabboxError} `LEASE_GONE` */
export async function requireLease(place: LeasePlace): Promise<LeaseFile> {
  const lease = await readLease(place)
  if (lease !== null) return lease
  const {id, directory} = place
  throw notFoundError(
    'LEASE_GONE',
    `the lease ${id} is gone from ${directory}`,
    `Run crabbox stop --id ${id} to forget it.`,
  )
}

/** The directory must be there. */
export const writeLease = (place: LeasePlace, lease: LeaseFile): Promise<void> => writeJson(fileOf(place), lease)

const fileOf = (place: LeasePlace): string => join(leaseDirectory(place), 'lease.json')
