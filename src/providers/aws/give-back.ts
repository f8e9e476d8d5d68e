import type {Context} from '../../core/context.js'
import {providerError, reasonOf} from '../../core/errors.js'
import type {LeaseReference, LeaseRequest} from '../../core/lease.js'
import {requireAccount} from './account.js'
import type {Ec2} from './client.js'
import {isNotFound} from './errors.js'
import {isGone, machineById, machinesOf, type Machine} from './instances.js'
import {dropKey} from './keys.js'
import {dropNetwork, leaveNetwork} from './network.js'
import {HIDDEN, poll} from './poll.js'
import {nameOf} from './tags.js'

/**
 * Ends the machine of a lease, and removes its key and its security group. It is not waited for that the machine has ended.
 * @throws {CrabboxError} `AWS_NOT_OURS` where the machine bears another lease's mark
 */
export async function release(ec2: Ec2, lease: LeaseReference, {stateDir}: Context): Promise<void> {
  const {id} = lease
  const unstoppable = new AbortController().signal
  const machines = await findMachines(ec2, lease, unstoppable)
  if (machines.length === 0) await requireAccount(ec2, lease.details['account'])
  await leaveNetwork(ec2, machines)
  const live = machines.filter(machine => !isGone(machine)).map(machine => machine.id)
  if (live.length > 0)
    await ec2.finish('TerminateInstances', {InstanceIds: live}).catch((error: unknown) => {
      if (!isNotFound(error)) throw error
    })
  // What is not there is deleted with success.
  await ec2.finish('DeleteKeyPair', {KeyName: nameOf(id)})
  await dropNetwork(ec2, id, unstoppable)
  await dropKey(stateDir, id)
}

/** The same after a failure that is to be told of. What cannot be given back now stays recorded, and the next command tries again. */
export async function giveBack(
  ec2: Ec2,
  {id, record}: Pick<LeaseRequest, 'id' | 'record'>,
  details: LeaseReference['details'],
  context: Context,
): Promise<void> {
  try {
    await release(ec2, {id, details}, context)
    await record({})
  } catch (error) {
    context.progress.warn(`what was made of lease ${id} is still there: ${reasonOf(error)}`)
  }
}

async function findMachines(ec2: Ec2, {id, details}: LeaseReference, signal: AbortSignal): Promise<Machine[]> {
  const look = {call: ec2.finish}
  const {instance, launching} = details
  const found = await machinesOf(look, id)
  if (found.length > 0) return found
  if (instance !== undefined) {
    const machine = await machineById(look, instance)
    if (machine !== null && machine.lease !== id) throw notOurs(machine, id)
    return machine === null ? [] : [machine]
  }

  if (launching === undefined) return found
  return (await poll(async () => nonEmpty(await machinesOf(look, id)), HIDDEN, signal)) ?? []
}

const nonEmpty = (machines: Machine[]): Machine[] | null => (machines.length === 0 ? null : machines)

const notOurs = ({id, lease: other}: Machine, lease: string): Error =>
  providerError(
    'AWS_NOT_OURS',
    `the machine ${id} does not belong to lease ${lease}: its tag says ${other ?? 'nothing'}`,
    `Look at it in the AWS console; crabbox stop --forget --id ${lease} forgets the lease.`,
  )

/** A machine takes a minute to end. Milliseconds. */
const ENDING = {first: 2000, factor: 1.4, most: 15_000, limit: 900_000}

/** Waits until the machines of a lease have ended. */
export async function untilEnded(ec2: Ec2, lease: LeaseReference['id'], {signal}: Context): Promise<void> {
  const ended = await poll(
    async () => ((await machinesOf(ec2, lease)).every(({state}) => state === 'terminated') ? true : null),
    ENDING,
    signal,
  )
  if (ended === null)
    throw providerError(
      'LEASE_TIMEOUT',
      `the machine of lease ${lease} has not ended yet`,
      'It is going to; see the AWS console.',
    )
}
