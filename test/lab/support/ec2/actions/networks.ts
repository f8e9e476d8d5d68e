import {ACCOUNT, find} from '../account/region.js'
import {passes} from '../protocol/filters.js'
import {page} from '../protocol/page.js'
import type {Action} from './action.js'

export const DescribeVpcs: Action = (region, params) => () => {
  const vpcs = new Map(region.vpcs().map(vpc => [vpc.id, vpc]))
  const ids = params.texts('VpcId')
  const found = (ids.length > 0 ? ids.map(id => find('vpc', vpcs, id)) : [...vpcs.values()]).filter(
    ({id, isDefault, cidr}) => {
      const byDefault = String(isDefault)
      const fields = {'vpc-id': id, isDefault: byDefault, 'is-default': byDefault, state: 'available', cidr}
      return passes(params, fields, new Map())
    },
  )
  const items = found.map(({id, isDefault, cidr}) => ({
    vpcId: id,
    ownerId: ACCOUNT,
    state: 'available',
    cidrBlock: cidr,
    isDefault,
  }))
  return page(params, 'vpcSet', items)
}

export const DescribeSubnets: Action = (region, params) => () => {
  const subnets = new Map(region.vpcs().map(vpc => [vpc.subnet, vpc]))
  const ids = params.texts('SubnetId')
  const found = (ids.length > 0 ? ids.map(id => find('subnet', subnets, id)) : [...subnets.values()]).filter(vpc => {
    const byDefault = String(vpc.isDefault)
    const names = {'subnet-id': vpc.subnet, 'vpc-id': vpc.id, 'availability-zone': region.zone, state: 'available'}
    return passes(params, {...names, defaultForAz: byDefault, 'default-for-az': byDefault}, new Map())
  })
  const items = found.map(vpc => ({
    subnetId: vpc.subnet,
    vpcId: vpc.id,
    ownerId: ACCOUNT,
    state: 'available',
    cidrBlock: vpc.cidr.replace('/16', '/20'),
    availabilityZone: region.zone,
    availableIpAddressCount: 4091,
    defaultForAz: vpc.isDefault,
    mapPublicIpOnLaunch: vpc.isDefault,
  }))
  return page(params, 'subnetSet', items)
}
