import {configError} from '../../core/errors.js'
import type {LeaseId} from '../../core/ids.js'
import type {Ec2} from './client.js'
import {isCode} from './errors.js'
import type {Machine} from './instances.js'
import {APPEARING, deleted, onceShown, poll} from './poll.js'
import {LEASE, leaseTags, nameOf, withTag} from './tags.js'

/** Where a machine goes, and who may knock. */
export interface Network {
  readonly group: string
  readonly subnet: string | null
}

/**
 * A security group of the lease's own, which lets in SSH from the given ranges and nothing else: no rule is shared, so none can
 * be taken from others.
 * @throws {CrabboxError} `AWS_NO_DEFAULT_VPC`, `AWS_SUBNET_MISSING`
 */
export async function makeNetwork(
  ec2: Ec2,
  lease: LeaseId,
  subnet: string | null,
  ranges: readonly string[],
  signal: AbortSignal,
): Promise<Network> {
  const vpc = subnet === null ? null : await vpcOf(ec2, subnet)
  const group = (await groupsOf(ec2, lease))[0] ?? (await makeGroup(ec2, lease, vpc, signal))
  await letIn(ec2, group, ranges, signal)
  return {group, subnet}
}

/** Lets SSH in from further ranges. False where all of them were let in already. */
export async function admit(
  ec2: Ec2,
  lease: LeaseId,
  ranges: readonly string[],
  signal: AbortSignal,
): Promise<boolean> {
  const [group] = await groupsOf(ec2, lease)
  return group !== undefined && letIn(ec2, group, ranges, signal)
}

/** Lets SSH in. What is allowed already stays allowed. False where nothing was changed. */
async function letIn({call}: Ec2, group: string, ranges: readonly string[], signal: AbortSignal): Promise<boolean> {
  const Description = 'SSH for crabbox'
  const ssh = {IpProtocol: 'tcp', FromPort: 22, ToPort: 22}
  let changed = false
  for (const range of ranges) {
    const rule = range.includes(':')
      ? {...ssh, Ipv6Ranges: [{CidrIpv6: range, Description}]}
      : {...ssh, IpRanges: [{CidrIp: range, Description}]}
    try {
      await onceShown(() => call('AuthorizeSecurityGroupIngress', {GroupId: group, IpPermissions: [rule]}), signal)
      changed = true
    } catch (error) {
      if (!isCode(error, 'InvalidPermission.Duplicate')) throw error
    }
  }

  return changed
}

async function makeGroup(ec2: Ec2, lease: LeaseId, vpc: string | null, signal: AbortSignal): Promise<string> {
  try {
    const {GroupId: id = ''} = await ec2.call('CreateSecurityGroup', {
      GroupName: nameOf(lease),
      Description: `SSH to crabbox lease ${lease}`,
      ...(vpc === null ? {} : {VpcId: vpc}),
      TagSpecifications: [{ResourceType: 'security-group', Tags: leaseTags(lease)}],
    })
    return id
  } catch (error) {
    // The answer to an earlier call was lost. Nobody else makes a group of this name.
    if (!isCode(error, 'InvalidGroup.Duplicate')) throw error
    const id = await poll(async () => (await groupsOf(ec2, lease))[0] ?? null, APPEARING, signal)
    if (id === null) throw error
    return id
  }
}

async function groupsOf({call}: Pick<Ec2, 'call'>, lease: LeaseId): Promise<string[]> {
  const {SecurityGroups: groups = []} = await call('DescribeSecurityGroups', {Filters: [withTag(LEASE, lease)]})
  return groups.flatMap(({GroupId}) => (GroupId === undefined ? [] : [GroupId]))
}

async function vpcOf({call}: Ec2, subnet: string): Promise<string> {
  const {Subnets: [found] = []} = await call('DescribeSubnets', {Filters: [{Name: 'subnet-id', Values: [subnet]}]})
  if (found?.VpcId !== undefined) return found.VpcId
  throw configError(
    'AWS_SUBNET_MISSING',
    `there is no subnet ${subnet} in this region`,
    'Mend the setting providers.aws.subnet, or use another region.',
  )
}

/** A group cannot go before the machine in it has let go of it. Milliseconds. */
const PACE = {first: 1000, factor: 1.5, most: 10_000, limit: 300_000}

/**
 * Takes machines out of the lease's security group, into the one that every VPC has: a machine holds its group for as long as
 * it takes to end, a minute or more.
 */
export async function leaveNetwork(ec2: Ec2, machines: readonly Machine[]): Promise<void> {
  for (const machine of machines)
    // This only makes things faster. Nothing may keep a machine that costs from being ended.
    await leaveGroup(ec2, machine).catch(() => undefined)
}

async function leaveGroup({finish}: Ec2, {id, vpc, groups, state}: Machine): Promise<void> {
  if (state !== 'running' && state !== 'stopped' && state !== 'pending') return
  const {SecurityGroups: [fallback] = []} = await finish('DescribeSecurityGroups', {
    Filters: [
      {Name: 'vpc-id', Values: [vpc ?? '']},
      {Name: 'group-name', Values: ['default']},
    ],
  })
  if (fallback?.GroupId === undefined || groups.length === 0) return
  await finish('ModifyInstanceAttribute', {InstanceId: id, Groups: [fallback.GroupId]})
}

/** Removes the group that `makeNetwork` made. What is already gone is success. */
export async function dropNetwork({finish}: Ec2, lease: LeaseId, signal: AbortSignal): Promise<void> {
  for (const group of await groupsOf({call: finish}, lease)) {
    const attempt = (): Promise<unknown> => finish('DeleteSecurityGroup', {GroupId: group})
    if ((await poll(() => deleted(attempt, 'DependencyViolation'), PACE, signal)) === null) await attempt()
  }
}
