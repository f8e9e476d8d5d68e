import {hostname, userInfo} from 'node:os'
import {posix} from 'node:path'

import type {Context} from '../../core/context.js'
import {busyError, notFoundError, throwIfAborted} from '../../core/errors.js'
import type {LeaseReference, LeaseRequest, Placement} from '../../core/lease.js'
import type {LeaseOperations, LeaseStatus} from '../../core/provider.js'
import type {Transport} from '../../core/transport.js'
import {runScript} from '../../transports/script.js'
import {connectTo} from './connect.js'
import {ACQUIRE, RELEASE, STATUS} from './host-scripts.js'
import {hostMissing, placeNamed, placeOf, type Place} from './place.js'
import {takeFromPool, type Taken} from './pool.js'

/** Leases that are directories on hosts. */
export const sshLeases: LeaseOperations = {
  acquire: async (request, context) => {
    throwIfAborted(context.signal)
    const {place, giveUp} = await takePlace(request, context)
    try {
      const {transport, hostKey} = await connectTo(place, context, request.host.acceptNewKey)
      return await using(transport, () => makeLease(transport, request, {...place, hostKey}, context))
    } catch (error) {
      giveUp()
      throw error
    }
  },
  connect: async (lease, context) => {
    const {transport} = await reach(lease, context)
    try {
      if ((await statusOn(transport, lease, context)) === 'running') return transport
    } catch (error) {
      await transport.close()
      throw error
    }

    await transport.close()
    throw notFoundError(
      'LEASE_GONE',
      `the directory of lease ${lease.id} is gone from ${lease.details['host'] ?? 'its host'}`,
      `Run crabbox stop --id ${lease.id} to forget it.`,
    )
  },
  shareHost: (one, other) =>
    one.details['host'] === other.details['host'] && one.details['root'] === other.details['root'],
  status: async (lease, context) => {
    if (placeOf(lease.details) === null) return 'gone'
    const {transport} = await reach(lease, context)
    return using(transport, () => statusOn(transport, lease, context))
  },
  release: async (lease, context) => {
    if (placeOf(lease.details) === null) return
    const {transport} = await reach(lease, context)
    await using(transport, () => removeLease(transport, lease, context))
  },
}

async function using<R>(transport: Transport, work: () => Promise<R>): Promise<R> {
  try {
    return await work()
  } finally {
    await transport.close()
  }
}

const reach = async (lease: LeaseReference, context: Context): Promise<{transport: Transport}> => {
  const place = placeOf(lease.details)
  if (place === null) throw hostMissing()
  return connectTo(place, context)
}

/** Where a lease is to be: where it was recorded to be, else where the user wants it, else in the pool. */
async function takePlace(request: LeaseRequest, context: Context): Promise<Taken> {
  const recorded = placeOf(request.recorded ?? {})
  const {name} = request.host
  if (recorded === null && name === null) return takeFromPool(request, context.hosts ?? [], context)
  return {place: recorded ?? placeNamed(name ?? '', context.hosts), giveUp: () => undefined}
}

async function makeLease(
  transport: Transport,
  request: LeaseRequest,
  {host, hostKey, root}: Place & {readonly hostKey: string},
  {signal}: Context,
): Promise<Placement> {
  const {id, slug, repoName, class: size, expiresAt} = request
  const details = {host, hostKey}
  await request.record(root === '' ? details : {...details, root})
  const owner = `${userInfo().username}@${hostname()}`
  const marker = {lease: id, slug, class: size, repo: repoName, owner, createdAt: new Date().toISOString(), expiresAt}
  const args = [root, id, repoName, JSON.stringify(marker)]
  const {stdout} = await runScript(transport, ACQUIRE, args, signal, {purpose: "make the lease's directory"})
  const workRoot = stdout.toString('utf8').replace(/\n$/, '')
  return {workRoot, workdir: posix.join(workRoot, repoName), details: {...details, root: posix.dirname(workRoot)}}
}

async function statusOn(transport: Transport, {id, details}: LeaseReference, {signal}: Context): Promise<LeaseStatus> {
  const args = [details['root'] ?? '', id]
  const {stdout} = await runScript(transport, STATUS, args, signal, {purpose: `look for lease ${id}`})
  return stdout.toString('utf8').trim() === 'running' ? 'running' : 'gone'
}

async function removeLease(transport: Transport, {id, details}: LeaseReference, {signal}: Context): Promise<void> {
  const root = details['root'] ?? ''
  const {stdout} = await runScript(transport, RELEASE, [root, id], signal, {purpose: `remove lease ${id}`})
  if (stdout.length === 0) return
  throw busyError(
    'LEASE_FOREIGN',
    `what is at the place of lease ${id} does not bear its marker, so nothing was removed`,
    `Look at ${root === '' ? '~/.crabbox/leases' : root} on ${details['host']} and remove it by hand.`,
  )
}
