import {newId} from '../account/ids.js'
import {ACCOUNT, find, type Region} from '../account/region.js'
import type {Group} from '../account/resources.js'
import {describePermission} from '../account/rules.js'
import {tagsFor, tagSet} from '../account/tags.js'
import {Ec2Error, invalidValue, notFound} from '../protocol/ec2-error.js'
import {passes} from '../protocol/filters.js'
import {page} from '../protocol/page.js'
import type {Params} from '../protocol/params.js'
import type {Xml} from '../protocol/xml.js'
import type {Action} from './action.js'
import {groupOf, vpcOf} from './lookups.js'

export const CreateSecurityGroup: Action = (region, params) => {
  const name = params.required('GroupName')
  const description = params.required('GroupDescription')
  const {id: vpc} = vpcOf(region, params.text('VpcId'))
  if (name === 'default' || name.startsWith('sg-')) throw invalidValue(`Invalid security group name '${name}'`)
  if ([...region.groups.values()].some(group => group.name === name && group.vpc === vpc))
    throw new Ec2Error('InvalidGroup.Duplicate', `The security group '${name}' already exists for VPC '${vpc}'`)
  const group = {id: newId('sg'), name, description, vpc, tags: tagsFor(params, 'security-group')}
  return () => {
    region.groups.set(group.id, group)
    return {return: true, groupId: group.id, tagSet: tagSet(group.tags)}
  }
}

export const DescribeSecurityGroups: Action = (region, params) => {
  const named = namedGroups(region, params)
  const found = (named ?? groupsInSight(region)).filter(group => {
    const fields = {'group-id': group.id, 'group-name': group.name, 'vpc-id': group.vpc, description: group.description}
    return passes(params, {...fields, 'owner-id': ACCOUNT}, group.tags)
  })
  return () =>
    page(
      params,
      'securityGroupInfo',
      found.map(group => describe(region, group)),
    )
}

export const DeleteSecurityGroup: Action = (region, params) => {
  const group = groupOf(region, params)
  if (group.name === 'default')
    throw new Ec2Error('CannotDelete', `the specified group: "${group.id}" name: "default" cannot be deleted by a user`)
  const used = [...region.instances.values()].some(({groups}) => groups.includes(group.id))
  const referenced = [...region.rules.values()].some(rule => rule.source === group.id && rule.group !== group.id)
  if (used || referenced) throw new Ec2Error('DependencyViolation', `resource ${group.id} has a dependent object`)
  return () => {
    for (const rule of region.rules.values()) if (rule.group === group.id) region.rules.delete(rule.id)
    region.groups.delete(group.id)
    return {return: true, groupId: group.id}
  }
}

function namedGroups(region: Region, params: Params): Group[] | undefined {
  const ids = params.texts('GroupId').map(id => find('group', region.groups, id))
  const names = params.texts('GroupName').map(name => {
    const vpc = region.vpcs().find(({isDefault}) => isDefault)
    const group = groupsInSight(region).find(one => one.name === name && one.vpc === vpc?.id)
    if (group === undefined) throw notFound('group', name)
    return group
  })
  return ids.length + names.length === 0 ? undefined : [...ids, ...names]
}

const groupsInSight = (region: Region): Group[] =>
  [...region.groups.values()].filter(({vpc}) => region.vpcs().some(({id}) => id === vpc))

const describe = (region: Region, group: Group): Xml => ({
  groupId: group.id,
  groupName: group.name,
  groupDescription: group.description,
  ownerId: ACCOUNT,
  vpcId: group.vpc,
  ipPermissions: [...region.rules.values()]
    .filter(rule => rule.group === group.id)
    .map(rule => describePermission(rule, ACCOUNT)),
  ipPermissionsEgress: [{ipProtocol: '-1', ipRanges: [{cidrIp: '0.0.0.0/0'}]}],
  tagSet: tagSet(group.tags),
})
