import type {Context} from '../../core/context.js'
import {CrabboxError, notFoundError, providerError} from '../../core/errors.js'
import type {LeaseHandle, LeaseReference} from '../../core/lease.js'
import type {Transport} from '../../core/transport.js'
import {requireAccount} from './account.js'
import {openEc2, type Ec2} from './client.js'
import {isGone, machineById, type Machine} from './instances.js'
import {admit} from './network.js'
import {reachAt, type Reached} from './reach.js'
import {readSettings, sourceRanges} from './settings.js'

/**
 * Connects to a lease where it was last seen, and asks EC2 only when it is not there.
 * @throws {CrabboxError} `LEASE_GONE`, `LEASE_STOPPED`, and what `reachAt` throws
 */
export const connectLease = async (lease: LeaseHandle, context: Context): Promise<Transport> =>
  (await reachLease(lease, context)).transport

/** The same, with the key that the machine has shown. */
export async function reachLease({id, details}: LeaseReference, context: Context): Promise<Reached> {
  const {region = null, instance = '', address = ''} = details
  let failure: unknown = null
  if (address !== '') {
    try {
      return await reachAt(address, id, context)
    } catch (error) {
      if (!(error instanceof CrabboxError) || !ELSEWHERE.includes(error.code)) throw error
      failure = error
    }
  }

  const ec2 = await openEc2(region, context)
  const machine = await machineById(ec2, instance)
  if (machine === null) await requireAccount(ec2, details['account'])
  if (machine === null || isGone(machine)) throw gone(id, instance, machine)
  if (machine.state !== 'running')
    throw providerError(
      'LEASE_STOPPED',
      `the machine ${instance} of lease ${id} is ${machine.state}`,
      `Start it with aws ec2 start-instances --instance-ids ${instance}, or give it up with crabbox stop --id ${id}.`,
    )
  const moved = machine.address !== address
  if (machine.address === null || (!moved && !(await letMeIn(ec2, id, failure, context)))) throw failure
  return reachAt(machine.address, id, context)
}

/** Failures after which the machine may be somewhere else, or gone: an address changes when a machine was stopped. */
const ELSEWHERE = ['AWS_KEY_MISSING', 'HOST_UNREACHABLE', 'SSH_AUTH_FAILED', 'HOST_KEY_CHANGED', 'LEASE_BOOTING']

/** Lets this machine in where it has another address than when the lease was made. False where nothing was changed. */
async function letMeIn(ec2: Ec2, lease: LeaseReference['id'], failure: unknown, context: Context): Promise<boolean> {
  if (!(failure instanceof CrabboxError) || failure.code !== 'HOST_UNREACHABLE') return false
  return admit(ec2, lease, await sourceRanges(await readSettings(context), context.signal), context.signal)
}

const gone = (lease: string, instance: string, machine: Machine | null): Error => {
  const state = machine?.state ?? 'gone'
  const reason = machine?.reason ?? null
  return notFoundError(
    'LEASE_GONE',
    `the machine ${instance} of lease ${lease} is ${state}${reason === null ? '' : `: ${reason}`}`,
    `Run crabbox stop --id ${lease} to forget it. What was saved as a checkpoint is still there.`,
  )
}
