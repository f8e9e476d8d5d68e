import {find, type Region} from '../account/region.js'
import type {Vpc} from '../account/resources.js'
import {Ec2Error} from '../protocol/ec2-error.js'
import type {Params} from '../protocol/params.js'
import {groupByName, vpcOf} from './lookups.js'

/** Where an instance is launched, as the call says at its top or for its first network interface, never at both. */
export function placementOf(region: Region, params: Params): {vpc: Vpc; groups: string[]} {
  const [network] = params.groups('NetworkInterface')
  const byId = params.texts('SecurityGroupId')
  const byName = params.texts('SecurityGroup')
  if (network !== undefined && (byId.length > 0 || byName.length > 0 || params.text('SubnetId') !== undefined))
    throw new Ec2Error(
      'InvalidParameterCombination',
      'Network interfaces and an instance-level subnet ID or security groups may not be specified on the same request',
    )
  const vpc = vpcOfSubnet(region, (network ?? params).text('SubnetId'))
  const ids = network === undefined ? byId : network.texts('SecurityGroupId')
  const groups = [...groupsIn(region, vpc.id, ids), ...byName.map(name => groupByName(region, name, vpc.id).id)]
  return {vpc, groups: groups.length > 0 ? groups : [groupByName(region, 'default', vpc.id).id]}
}

/** The groups with these ids, all of which must be in one VPC. */
export function groupsIn(region: Region, vpc: string, ids: readonly string[]): string[] {
  const groups = ids.map(id => find('group', region.groups, id))
  const stranger = groups.find(group => group.vpc !== vpc)
  if (stranger === undefined) return groups.map(({id}) => id)
  throw new Ec2Error('InvalidParameter', `Security group ${stranger.id} and subnet belong to different networks.`)
}

function vpcOfSubnet(region: Region, subnet: string | undefined): Vpc {
  if (subnet === undefined) return vpcOf(region, undefined)
  return find('subnet', new Map(region.vpcs().map(vpc => [vpc.subnet, vpc])), subnet)
}
