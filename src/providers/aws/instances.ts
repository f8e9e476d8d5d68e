import type {LeaseId} from '../../core/ids.js'
import {architectureNamed, type Architecture} from './classes.js'
import type {Ec2, Input, Instance} from './client.js'
import {isNotFound} from './errors.js'
import {LEASE, readTag, withTag} from './tags.js'

/** What EC2 says of a machine. */
export interface Machine {
  readonly id: string
  readonly lease: string | null
  readonly state: string
  /** Why it is in this state, in EC2's words. */
  readonly reason: string | null
  readonly address: string | null
  readonly type: string
  readonly imageId: string
  readonly rootDeviceName: string
  readonly architecture: Architecture
  readonly vpc: string | null
  readonly groups: readonly string[]
  readonly accountId: string
}

/** All machines of a lease that EC2 still speaks of; those that are gone for good come last. */
export async function machinesOf(ec2: Pick<Ec2, 'call'>, lease: LeaseId): Promise<Machine[]> {
  const found = await describe(ec2, {Filters: [withTag(LEASE, lease)]})
  return found.sort((a, b) => Number(isGone(a)) - Number(isGone(b)))
}

/** A machine; null where EC2 does not know it, or not yet. */
export async function machineById(ec2: Pick<Ec2, 'call'>, id: string): Promise<Machine | null> {
  try {
    const [machine] = await describe(ec2, {InstanceIds: [id]})
    return machine ?? null
  } catch (error) {
    if (isNotFound(error)) return null
    throw error
  }
}

export const isGone = ({state}: Machine): boolean => state === 'terminated' || state === 'shutting-down'

async function describe(
  {call}: Pick<Ec2, 'call'>,
  input: Pick<Input<'DescribeInstances'>, 'Filters' | 'InstanceIds'>,
): Promise<Machine[]> {
  const found: Machine[] = []
  let token: string | undefined
  do {
    const {Reservations: reservations = [], NextToken} = await call('DescribeInstances', {
      ...input,
      ...(token === undefined ? {} : {NextToken: token}),
    })
    for (const {OwnerId = '', Instances: instances = []} of reservations)
      found.push(...instances.map(instance => machineOf(instance, OwnerId)))
    token = NextToken
  } while (token !== undefined && token !== '')
  return found
}

export const machineOf = (instance: Instance, accountId: string): Machine => ({
  id: instance.InstanceId ?? '',
  lease: readTag(instance.Tags, LEASE),
  state: instance.State?.Name ?? 'pending',
  reason: instance.StateReason?.Message || null,
  // In a subnet without public addresses, whoever leases there has another way in.
  address:
    instance.PublicIpAddress ?? (instance.State?.Name === 'running' ? (instance.PrivateIpAddress ?? null) : null),
  type: instance.InstanceType ?? '',
  imageId: instance.ImageId ?? '',
  rootDeviceName: instance.RootDeviceName ?? '/dev/sda1',
  architecture: architectureNamed(instance.Architecture),
  vpc: instance.VpcId ?? null,
  groups: (instance.SecurityGroups ?? []).flatMap(({GroupId}) => (GroupId === undefined ? [] : [GroupId])),
  accountId,
})
