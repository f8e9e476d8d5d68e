import {posix} from 'node:path'

import type {Context} from '../../core/context.js'
import {busyError, CrabboxError} from '../../core/errors.js'
import type {LeaseReference, LeaseRequest, Placement} from '../../core/lease.js'
import type {LeaseStatus} from '../../core/provider.js'
import type {Transport} from '../../core/transport.js'
import {leaseHasMounts, mountsIn} from '../../transports/mounts.js'
import {hostFailure, runScript} from '../../transports/script.js'
import {ACQUIRE, RELEASE, STATUS} from './host-scripts.js'
import {writeMarker} from './marker.js'
import type {Place} from './place.js'

/** Makes a lease's directory and an empty workdir in it. Where that is going to be is recorded first. */
export async function makeLease(
  transport: Transport,
  request: LeaseRequest,
  {host, hostKey, root}: Place & {readonly hostKey: string},
  {signal}: Context,
): Promise<Placement> {
  const {id, repoName} = request
  const details = {host, hostKey}
  await request.record(root === '' ? details : {...details, root})
  const args = [root, id, repoName, writeMarker(request)]
  const purpose = "make the lease's directory"
  const {stdout} = await runScript(transport, ACQUIRE, args, signal, {purpose}).catch(async (error: unknown) => {
    // Where nothing can be run, nothing was made, and nobody needs to look for it.
    if (request.recorded === undefined && error instanceof CrabboxError && error.code === 'HOST_SHELL_UNUSABLE')
      await request.record({})
    throw error
  })
  const workRoot = stdout.toString('utf8').replace(/\n$/, '')
  // A file system may bear names that nobody can work with, and a host may say more than it was asked.
  if (!workRoot.startsWith('/') || workRoot.includes('\n') || posix.basename(workRoot) !== id)
    throw hostFailure(
      purpose,
      0,
      `the host says that it is ${JSON.stringify(workRoot.slice(-200))}, which makes no sense`,
    )
  return {workRoot, workdir: posix.join(workRoot, repoName), details: {...details, root: posix.dirname(workRoot)}}
}

/** Whether a lease's directory is there. */
export async function statusOn(
  transport: Transport,
  {id, details}: LeaseReference,
  {signal}: Context,
): Promise<LeaseStatus> {
  const args = [details['root'] ?? '', id]
  const {stdout} = await runScript(transport, STATUS, args, signal, {purpose: `look for lease ${id}`})
  return stdout.toString('utf8').trim() === 'running' ? 'running' : 'gone'
}

/**
 * Removes a lease's directory.
 * @throws {CrabboxError} `LEASE_FOREIGN` for one that does not bear its marker, `LEASE_HAS_MOUNTS`
 */
export async function removeLease(
  transport: Transport,
  {id, details}: LeaseReference,
  {signal}: Context,
): Promise<void> {
  const root = details['root'] ?? ''
  const {stdout} = await runScript(transport, RELEASE, [root, id], signal, {purpose: `remove lease ${id}`})
  if (stdout.length === 0) return
  const [said, ...mounts] = stdout.toString('latin1').split('\n')
  if (said === 'mounted') throw leaseHasMounts(id, mountsIn(mounts.join('\n')))
  throw busyError(
    'LEASE_FOREIGN',
    `what is at the place of lease ${id} does not bear its marker, so nothing was removed`,
    `Look at ${root === '' ? '~/.crabbox/leases' : root} on ${details['host']} and remove it by hand.`,
  )
}
