import {ACCOUNT, find} from '../account/region.js'
import {describePermission, describeRule, duplicateRule, isSameRule, readRules} from '../account/rules.js'
import {Ec2Error, missingParameter} from '../protocol/ec2-error.js'
import {passes} from '../protocol/filters.js'
import {page} from '../protocol/page.js'
import type {Action} from './action.js'
import {groupOf} from './lookups.js'

/** EC2's default quota. */
const MOST = 60

/** All of the rules are added, or none. */
export const AuthorizeSecurityGroupIngress: Action = (region, params) => {
  const {id} = groupOf(region, params)
  const rules = readRules(params, id)
  if (rules.length === 0) throw missingParameter('ipPermissions')
  const present = [...region.rules.values()].filter(({group}) => group === id)
  const duplicate = rules.find(rule => present.some(other => isSameRule(rule, other)))
  if (duplicate !== undefined) throw duplicateRule(duplicate)
  if (present.length + rules.length > MOST)
    throw new Ec2Error(
      'RulesPerSecurityGroupLimitExceeded',
      'The maximum number of rules per security group has been reached.',
    )
  return () => {
    for (const rule of rules) region.rules.set(rule.id, rule)
    return {return: true, securityGroupRuleSet: rules.map(rule => describeRule(rule, ACCOUNT))}
  }
}

/** What is not there is an error in the default VPC, and named in the answer elsewhere. */
export const RevokeSecurityGroupIngress: Action = (region, params) => {
  const {id, vpc} = groupOf(region, params)
  const byId = params.texts('SecurityGroupRuleId').map(one => {
    const rule = region.rules.get(one)
    if (rule?.group === id) return rule
    throw new Ec2Error('InvalidSecurityGroupRuleId.NotFound', `The security group rule ID '${one}' does not exist`)
  })
  const wanted = readRules(params, id)
  const present = [...region.rules.values()]
  const found = [...byId, ...present.filter(rule => wanted.some(other => isSameRule(rule, other)))]
  const unknown = wanted.filter(rule => !present.some(other => isSameRule(rule, other)))
  if (unknown.length > 0 && region.vpcs().some(one => one.id === vpc && one.isDefault))
    throw new Ec2Error('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.')
  return () => {
    for (const rule of found) region.rules.delete(rule.id)
    return {
      return: true,
      unknownIpPermissionSet: unknown.map(rule => describePermission(rule, ACCOUNT)),
      revokedSecurityGroupRuleSet: found.map(rule => describeRule(rule, ACCOUNT)),
    }
  }
}

export const DescribeSecurityGroupRules: Action = (region, params) => {
  const ids = params.texts('SecurityGroupRuleId')
  const all = ids.length > 0 ? ids.map(id => find('group', region.rules, id)) : [...region.rules.values()]
  const found = all.filter(rule =>
    passes(params, {'group-id': rule.group, 'security-group-rule-id': rule.id}, rule.tags),
  )
  return () =>
    page(
      params,
      'securityGroupRuleSet',
      found.map(rule => describeRule(rule, ACCOUNT)),
    )
}
