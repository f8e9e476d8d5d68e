import type {Context} from '../../core/context.js'
import {CrabboxError, providerError, reasonOf} from '../../core/errors.js'
import type {LeaseId} from '../../core/ids.js'
import type {Ec2} from './client.js'
import {reachAt, type Reached} from './reach.js'
import {isGone, machineById, type Machine} from './instances.js'
import {poll} from './poll.js'

// Machines take half a minute to a few minutes. Milliseconds.
const RUNNING = {first: 1000, factor: 1.4, most: 8000, limit: 600_000}
const BOOTED = {first: 500, factor: 1.2, most: 3000, limit: 900_000}

/**
 * Waits until EC2 says that a machine runs.
 * @throws {CrabboxError} `LEASE_ENDED` with EC2's reason when it ends instead, `LEASE_TIMEOUT`
 */
export async function untilRunning(ec2: Ec2, id: string, {signal}: Context): Promise<Machine & {address: string}> {
  const running = await poll(
    async () => {
      const machine = await machineById(ec2, id)
      if (machine === null) return null
      if (isGone(machine)) throw ended(machine)
      const {address} = machine
      return machine.state === 'running' && address !== null ? {...machine, address} : null
    },
    RUNNING,
    signal,
  )
  if (running !== null) return running
  throw providerError(
    'LEASE_TIMEOUT',
    `the machine ${id} does not run after ${RUNNING.limit / 60_000} minutes`,
    'Try another --class or --region.',
  )
}

/** After so many attempts EC2 is asked whether the machine is still there: a spot machine may not be. */
const LOOK_AGAIN = 8

async function requireAlive(ec2: Ec2, id: string): Promise<void> {
  const machine = await machineById(ec2, id)
  if (machine !== null && isGone(machine)) throw ended(machine)
}

/**
 * Waits until the first boot of a machine is through, and connects.
 * @throws {CrabboxError} `LEASE_TIMEOUT` with the last failure
 */
export async function untilBooted(
  ec2: Ec2,
  {id, address}: Machine & {address: string},
  lease: LeaseId,
  context: Context,
): Promise<Reached> {
  let last: CrabboxError | null = null
  let attempt = 0
  const reached = await poll(
    async () => {
      attempt += 1
      try {
        // A machine that boots answers at once or not at all; now and then a slow one is given its time.
        return await reachAt(address, lease, context, attempt % 5 !== 0)
      } catch (error) {
        if (!(error instanceof CrabboxError) || !NOT_YET.includes(error.code)) throw error
        last = error
        if (attempt % LOOK_AGAIN === 0) await requireAlive(ec2, id)
        return null
      }
    },
    BOOTED,
    context.signal,
  )
  if (reached !== null) return reached
  throw providerError(
    'LEASE_TIMEOUT',
    `the machine ${id} is not ready after ${BOOTED.limit / 60_000} minutes: ${reasonOf(last)}`,
    'Check that its subnet lets you in with SSH, and that its image has cloud-init.',
    last,
  )
}

const NOT_YET = [
  'HOST_UNREACHABLE',
  'SSH_AUTH_FAILED',
  'LEASE_BOOTING',
  'CONNECTION_LOST',
  'HOST_SHELL_UNUSABLE',
  'HOST_SESSION_REFUSED',
]

const ended = ({id, reason, state}: Machine): Error =>
  providerError(
    'LEASE_ENDED',
    `the machine ${id} is ${state} before it was ready: ${reason ?? 'EC2 gives no reason'}`,
    'Try again, or with another --market or --class.',
  )
