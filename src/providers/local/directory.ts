import {mkdir, stat} from 'node:fs/promises'
import {join} from 'node:path'

import {configError, notFoundError, reasonOf} from '../../core/errors.js'
import type {LeaseId} from '../../core/ids.js'
import type {LeaseRequest, Placement} from '../../core/lease.js'
import type {LeaseStatus} from '../../core/provider.js'
import {statePaths} from '../../state/paths.js'
import {localTransport} from '../../transports/local.js'
import {leaseHasMounts, MOUNTS_BELOW, mountsIn} from '../../transports/mounts.js'
import {DROP_AT_LAST} from '../../transports/drop.js'
import {runScript} from '../../transports/script.js'

const directoryOf = (stateDir: string, id: LeaseId): string => join(statePaths(stateDir).localLeases, id)

/** Makes the lease's directory and an empty workdir in it. */
export async function makeDirectory(stateDir: string, request: LeaseRequest): Promise<Placement> {
  const workRoot = directoryOf(stateDir, request.id)
  const workdir = join(workRoot, request.repoName)
  try {
    await mkdir(workRoot, {recursive: true, mode: 0o700})
    await mkdir(workdir, {recursive: true, mode: 0o755})
  } catch (error) {
    throw configError(
      'STATE_DIR_UNUSABLE',
      `cannot make the lease's directory ${workdir}: ${reasonOf(error)}`,
      'Free some space or set CRABBOX_STATE_DIR to a directory that you can write to.',
      error,
    )
  }

  return {workRoot, workdir, details: {}}
}

/** @throws {CrabboxError} `LEASE_GONE` */
export async function requireDirectory(stateDir: string, id: LeaseId): Promise<void> {
  if ((await statusOf(stateDir, id)) !== 'gone') return
  throw notFoundError('LEASE_GONE', `the directory of lease ${id} is gone`, `Run crabbox stop --id ${id} to forget it.`)
}

export async function statusOf(stateDir: string, id: LeaseId): Promise<LeaseStatus> {
  const found = await stat(directoryOf(stateDir, id)).catch(() => null)
  return found?.isDirectory() === true ? 'running' : 'gone'
}

const REMOVE = `set -eu
${MOUNTS_BELOW}${DROP_AT_LAST}
mounts=$(mounts_below "$1" self)
if [ -n "$mounts" ]; then printf %s "$mounts"; else drop_at_last "$1"; fi`

/**
 * Removes the lease's directory, also where a program took the write permission from a directory in it.
 * @throws {CrabboxError} `LEASE_HAS_MOUNTS`
 */
export async function removeDirectory(stateDir: string, id: LeaseId): Promise<void> {
  const purpose = `remove lease ${id}`
  const {signal} = new AbortController()
  const {stdout} = await runScript(localTransport(), REMOVE, [directoryOf(stateDir, id)], signal, {purpose})
  if (stdout.length > 0) throw leaseHasMounts(id, mountsIn(stdout.toString('latin1')))
}
