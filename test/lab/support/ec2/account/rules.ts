import {Ec2Error, invalidValue} from '../protocol/ec2-error.js'
import type {Params} from '../protocol/params.js'
import type {Xml} from '../protocol/xml.js'
import {newId} from './ids.js'
import type {Rule} from './resources.js'
import {tagsFor, tagSet} from './tags.js'

/** The rules that a call names, one for each source. */
export function readRules(params: Params, group: string): Rule[] {
  const tags = tagsFor(params, 'security-group-rule')
  const cidr = params.text('CidrIp')
  const short =
    cidr === undefined ? [] : [{permission: params, sources: [{source: checked(cidr), description: undefined}]}]
  const long = params.groups('IpPermissions').map(permission => ({permission, sources: sourcesOf(permission)}))
  return [...short, ...long].flatMap(({permission, sources}) => {
    const protocol = permission.required('IpProtocol')
    const from = permission.number('FromPort') ?? -1
    const to = permission.number('ToPort') ?? -1
    return sources.map(one => ({id: newId('sgr'), group, protocol, from, to, ...one, tags: new Map(tags)}))
  })
}

/** Two rules are the same whatever their descriptions say. */
export const isSameRule = (a: Rule, b: Rule): boolean =>
  a.group === b.group && a.protocol === b.protocol && a.from === b.from && a.to === b.to && a.source === b.source

export const duplicateRule = ({source, protocol, from, to}: Rule): Ec2Error =>
  new Ec2Error(
    'InvalidPermission.Duplicate',
    `the specified rule "peer: ${source}, ${protocol.toUpperCase()}, from port: ${from}, to port: ${to}, ALLOW" already exists`,
  )

/** A rule as `DescribeSecurityGroupRules` shows it. */
export const describeRule = (rule: Rule, owner: string): Xml => ({
  securityGroupRuleId: rule.id,
  groupId: rule.group,
  groupOwnerId: owner,
  isEgress: false,
  ipProtocol: rule.protocol,
  fromPort: rule.from,
  toPort: rule.to,
  cidrIpv4: isRange(rule.source, 4) ? rule.source : undefined,
  cidrIpv6: isRange(rule.source, 6) ? rule.source : undefined,
  referencedGroupInfo: isGroup(rule.source) ? {groupId: rule.source, userId: owner} : undefined,
  description: rule.description,
  tagSet: tagSet(rule.tags),
})

/** A rule as `DescribeSecurityGroups` shows it. */
export const describePermission = (rule: Rule, owner: string): Xml => ({
  ipProtocol: rule.protocol,
  fromPort: rule.protocol === '-1' ? undefined : rule.from,
  toPort: rule.protocol === '-1' ? undefined : rule.to,
  ipRanges: isRange(rule.source, 4) ? [{cidrIp: rule.source, description: rule.description}] : [],
  ipv6Ranges: isRange(rule.source, 6) ? [{cidrIpv6: rule.source, description: rule.description}] : [],
  groups: isGroup(rule.source) ? [{groupId: rule.source, userId: owner, description: rule.description}] : [],
})

type Source = Pick<Rule, 'source' | 'description'>

const sourcesOf = (permission: Params): Source[] => [
  ...permission
    .groups('IpRanges')
    .map(range => ({source: checked(range.required('CidrIp')), description: range.text('Description')})),
  ...permission
    .groups('Ipv6Ranges')
    .map(range => ({source: range.required('CidrIpv6'), description: range.text('Description')})),
  ...permission
    .groups('Groups')
    .map(group => ({source: group.required('GroupId'), description: group.text('Description')})),
]

function checked(cidr: string): string {
  const [, ...numbers] = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(cidr) ?? []
  const bits = Number(numbers.pop() ?? 33)
  if (bits > 32 || numbers.some(number => Number(number) > 255)) throw invalidValue(`CIDR block ${cidr} is malformed`)
  return cidr
}

const isGroup = (source: string): boolean => source.startsWith('sg-')

const isRange = (source: string, version: 4 | 6): boolean =>
  !isGroup(source) && source.includes(':') === (version === 6)
