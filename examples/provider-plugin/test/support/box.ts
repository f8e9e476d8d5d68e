import {execFileSync} from 'node:child_process'
import {randomBytes} from 'node:crypto'
import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'

import {ANY_HOST, silentProgress} from 'crabbox'
import type {CheckpointId, Context, Lease, LeaseId, LeaseRequest, Placement, Slug, Stored} from 'crabbox'

import {leases} from '../../src/leases.js'
import {snapshots} from '../../src/snapshots.js'

/** A saved state. */
export type Saved = Stored<'provider-native'>

const never = new AbortController().signal

export const contextIn = (stateDir: string): Context => ({stateDir, progress: silentProgress, signal: never})

export const leaseRequest = (): LeaseRequest => ({
  id: `cbx_${randomBytes(6).toString('hex')}` as LeaseId,
  slug: 'brave-crab' as Slug,
  class: 'tiny',
  repoName: 'shop',
  expiresAt: null,
  host: ANY_HOST,
  record: async () => undefined,
})

/** The lease as Crabbox would record it. */
export const leaseOf = ({id, slug, class: size, expiresAt}: LeaseRequest, placement: Placement): Lease => ({
  ...placement,
  id,
  slug,
  class: size,
  expiresAt,
  provider: 'overlayfs',
  state: 'ready',
  createdAt: new Date().toISOString(),
  repo: null,
  forkedFrom: null,
  history: [],
})

export async function acquire(context: Context): Promise<Lease> {
  const request = leaseRequest()
  return leaseOf(request, await leases.acquire(request, context))
}

export const newCheckpointId = (): CheckpointId => `chk_${randomBytes(8).toString('hex')}` as CheckpointId

/** A checkpoint of the lease, as Crabbox would record it. */
export const recordOf = (lease: Lease, id: CheckpointId): Saved => ({
  id,
  tier: 'provider-native',
  artifact: {mechanism: 'overlayfs-layer', reference: id, details: lease.details},
  workdir: {path: lease.workdir, relative: '.'},
  name: null,
  state: 'ready',
  createdAt: new Date().toISOString(),
  lastUsedAt: null,
  provider: 'overlayfs',
  lease: {id: lease.id, slug: lease.slug, class: lease.class},
  parent: null,
  repo: null,
  sizes: null,
  story: null,
  labels: {},
  note: null,
  expiresAt: null,
  warnings: [],
  failure: null,
  crabboxVersion: '0.0.0',
})

export async function create(lease: Lease, context: Context, id = newCheckpointId()): Promise<Saved> {
  const about = recordOf(lease, id)
  const {workdir} = about
  const request = {id, lease, workdir, parent: null, excludes: [], about, record: async () => undefined}
  return {...about, ...(await snapshots.create(request, context)), state: 'ready'}
}

export async function fork(checkpoint: Saved, context: Context): Promise<Lease> {
  const request = leaseRequest()
  return leaseOf(request, await snapshots.fork({checkpoint, lease: request}, context))
}

/** Runs a script in the workdir. */
export const sh = (lease: Lease, script: string): string =>
  execFileSync('sh', ['-ec', script], {cwd: lease.workdir, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe']})

/** All that a workdir is, as GNU tar sees it: names, types, content, modes, owners, times, links, attributes and ACLs. */
export const pictureOf = (lease: Lease): string =>
  sh(
    lease,
    `find . -printf '%P %y %m %U %G %T@ %n %s %l\\n' | grep -v ' d ' | sort
    tar -c --sort=name --numeric-owner --acls --xattrs --xattrs-include='*' --pax-option=delete=atime,delete=ctime . | sha256sum`,
  )

/** What there is of a kind: `leases`, `layers` or `checkpoints`. */
export const found = (kind: string, {stateDir}: Context): string[] => readdirSync(join(stateDir, 'overlayfs', kind))

/** How many layers a lease is made of, as the kernel says. */
export function depthOf(lease: Lease): number {
  const line = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .find(text => text.includes(` ${lease.workRoot} `))
  return (/lowerdir=([^,]*)/.exec(line ?? '')?.[1]?.split(':').length ?? 0) + 1
}
