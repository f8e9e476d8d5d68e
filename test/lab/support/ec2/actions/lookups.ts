import {find, type Region} from '../account/region.js'
import type {Group, Vpc} from '../account/resources.js'
import {Ec2Error, missingParameter, notFound} from '../protocol/ec2-error.js'
import type {Params} from '../protocol/params.js'

/** The VPC with an id, or the default one: who has none must name one. */
export function vpcOf(region: Region, id: string | undefined): Vpc {
  const vpcs = region.vpcs()
  if (id !== undefined) return find('vpc', new Map(vpcs.map(vpc => [vpc.id, vpc])), id)
  const vpc = vpcs.find(({isDefault}) => isDefault)
  if (vpc === undefined) throw new Ec2Error('VPCIdNotSpecified', 'No default VPC for this user')
  return vpc
}

/** The group that a call is about, by its id, or by its name in the default VPC. */
export function groupOf(region: Region, params: Params): Group {
  const id = params.text('GroupId')
  if (id !== undefined) return find('group', region.groups, id)
  const name = params.text('GroupName')
  if (name === undefined) throw missingParameter('groupId')
  return groupByName(region, name, vpcOf(region, undefined).id)
}

export function groupByName(region: Region, name: string, vpc: string): Group {
  const group = [...region.groups.values()].find(one => one.name === name && one.vpc === vpc)
  if (group === undefined) throw notFound('group', name)
  return group
}
