import {hostname, userInfo} from 'node:os'
import {posix} from 'node:path'

import type {Context} from '../../core/context.js'
import {busyError, notFoundError, throwIfAborted} from '../../core/errors.js'
import type {LeaseReference, LeaseRequest, Placement} from '../../core/lease.js'
import type {LeaseOperations, LeaseStatus} from '../../core/provider.js'
import type {Transport} from '../../core/transport.js'
import {runScript} from '../../transports/script.js'
import {connectTo, hostMissing, hostOf} from './connect.js'
import {ACQUIRE, RELEASE, STATUS} from './host-scripts.js'

/** Leases that are directories on hosts. */
export const sshLeases: LeaseOperations = {
  acquire: async (request, context) => {
    throwIfAborted(context.signal)
    const {name, acceptNewKey} = request.host
    if (name === null) throw hostMissing()
    const {transport, hostKey} = await connectTo({host: name, hostKey: null}, context, acceptNewKey)
    return using(transport, () => makeLease(transport, request, {host: name, hostKey}, context))
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
    if (hostOf(lease) === null) return 'gone'
    const {transport} = await reach(lease, context)
    return using(transport, () => statusOn(transport, lease, context))
  },
  release: async (lease, context) => {
    if (hostOf(lease) === null) return
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
  const host = hostOf(lease)
  if (host === null) throw hostMissing()
  return connectTo(host, context)
}

async function makeLease(
  transport: Transport,
  request: LeaseRequest,
  details: {readonly host: string; readonly hostKey: string},
  {signal}: Context,
): Promise<Placement> {
  const {id, slug, repoName, class: size, expiresAt} = request
  await request.record(details)
  const owner = `${userInfo().username}@${hostname()}`
  const marker = {lease: id, slug, class: size, repo: repoName, owner, createdAt: new Date().toISOString(), expiresAt}
  const args = ['', id, repoName, JSON.stringify(marker)]
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
