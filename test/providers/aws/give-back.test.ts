import assert from 'node:assert/strict'
import {existsSync, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {newLeaseId, type LeaseId} from '../../../src/core/ids.js'
import {openEc2} from '../../../src/providers/aws/client.js'
import {release} from '../../../src/providers/aws/give-back.js'
import {makeKey} from '../../../src/providers/aws/keys.js'
import {admit, makeNetwork} from '../../../src/providers/aws/network.js'
import {defaultGroup, ec2Wire, instanceItem, reservations} from './support/ec2-wire.js'

const groups = (...ids: readonly string[]): string =>
  `<securityGroupInfo>${ids.map(id => `<item><groupId>${id}</groupId></item>`).join('')}</securityGroupInfo>`
const done = '<return>true</return>'

describe('what a lease leaves on EC2', () => {
  const wire = ec2Wire()
  let stateDir: string
  let lease: LeaseId
  beforeEach(() => {
    stateDir = mkdtempSync(join(tmpdir(), 'crabbox-aws-'))
    lease = newLeaseId()
    for (const action of [
      'TerminateInstances',
      'DeleteKeyPair',
      'DeleteSecurityGroup',
      'ModifyInstanceAttribute',
      'AuthorizeSecurityGroupIngress',
    ])
      wire.answer(action, done)
    wire.answer('DescribeSecurityGroups', ({params}) =>
      groups(params['Filter.1.Name'] === 'vpc-id' ? 'sg-default' : 'sg-0aaa'),
    )
    wire.answer('DescribeInstances', reservations(instanceItem({tags: {'crabbox:lease': lease}})))
  })
  afterEach(() => rmSync(stateDir, {recursive: true}))
  const giveBack = async (details: Record<string, string> = {instance: 'i-0aaa'}): Promise<void> => {
    const context = wire.context(stateDir)
    await release(await openEc2(null, context), {id: lease, details}, context)
  }

  it('is nothing: the machine leaves its group and ends, key pair and group go, the local key last', async () => {
    const {file} = await makeKey(stateDir, lease)
    await giveBack()
    const changing = wire.calls.filter(({action}) => !action.startsWith('Describe'))
    assert.deepEqual(
      changing.map(({action}) => action),
      ['ModifyInstanceAttribute', 'TerminateInstances', 'DeleteKeyPair', 'DeleteSecurityGroup'],
    )
    assert.equal(changing[0]?.params['GroupId.1'], 'sg-default')
    assert.equal(changing[1]?.params['InstanceId.1'], 'i-0aaa')
    assert.equal(changing[2]?.params['KeyName'], `crabbox-${lease}`)
    assert.equal(changing[3]?.params['GroupId'], 'sg-0aaa')
    assert.equal(existsSync(file), false)
  })

  it('is nothing either when all is gone already', async () => {
    wire.answer('DescribeInstances', {code: 'InvalidInstanceID.NotFound'})
    wire.answer('DescribeInstances', ({params}) =>
      params['InstanceId.1'] === undefined ? reservations() : {code: 'InvalidInstanceID.NotFound'},
    )
    wire.answer('DescribeSecurityGroups', groups())
    await giveBack()
    assert.deepEqual(wire.callsOf('TerminateInstances'), [])
  })

  it('is looked for twice when an answer was lost: a machine may be there that is not shown yet', async () => {
    const late = reservations(instanceItem({tags: {'crabbox:lease': lease}}))
    wire.answer('DescribeInstances', reservations(), reservations(), late)
    await giveBack({region: 'eu-central-1', launching: 'yes'})
    assert.equal(wire.callsOf('TerminateInstances').length, 1)
  })

  it('is never the machine of somebody else', async () => {
    wire.answer('DescribeInstances', ({params}) =>
      params['InstanceId.1'] === undefined
        ? reservations()
        : reservations(instanceItem({tags: {'crabbox:lease': 'cbx_000000000000'}})),
    )
    await assert.rejects(giveBack(), {code: 'AWS_NOT_OURS'})
    assert.deepEqual(
      wire.calls.filter(({action}) => !action.startsWith('Describe')),
      [],
    )
  })

  it('is not taken for nothing with the credentials of another account, and keeps its key', async () => {
    const {file} = await makeKey(stateDir, lease)
    wire.answer('DescribeInstances', reservations())
    wire.answer('DescribeSecurityGroups', defaultGroup('999900001111'))
    await assert.rejects(giveBack({account: '111122223333'}), {code: 'AWS_OTHER_ACCOUNT', message: /1111.*9999/})
    assert.equal(existsSync(file), true)
    assert.deepEqual(
      wire.calls.filter(({action}) => !action.startsWith('Describe')),
      [],
    )
  })

  it('is ended also when it cannot leave its group, as with a second interface', async () => {
    wire.answer('ModifyInstanceAttribute', {
      code: 'InvalidInstanceID',
      message: 'There are multiple interfaces attached',
    })
    await giveBack()
    assert.equal(wire.callsOf('TerminateInstances').length, 1)
  })

  it('keeps its key while the machine cannot be ended', async () => {
    const {file} = await makeKey(stateDir, lease)
    wire.answer('TerminateInstances', {code: 'UnauthorizedOperation', message: 'not you'})
    await assert.rejects(giveBack(), {code: 'AWS_NOT_PERMITTED', message: /TerminateInstances/})
    assert.equal(existsSync(file), true)
  })

  it('waits for a group that a machine still holds', async () => {
    wire.answer('DeleteSecurityGroup', {code: 'DependencyViolation'}, {code: 'DependencyViolation'}, done)
    await giveBack()
    assert.equal(wire.callsOf('DeleteSecurityGroup').length, 3)
  })

  it('has a group of its own, open to the given addresses and to SSH only', async () => {
    wire.answer('DescribeSecurityGroups', groups())
    wire.answer('CreateSecurityGroup', '<groupId>sg-0new</groupId>')
    wire.answer('AuthorizeSecurityGroupIngress', {code: 'InvalidPermission.Duplicate'}, done)
    const context = wire.context(stateDir)
    const network = await makeNetwork(
      await openEc2(null, context),
      lease,
      null,
      ['203.0.113.7/32', '2001:db8::1/128'],
      context.signal,
    )
    assert.equal(network.group, 'sg-0new')
    const rules = wire.callsOf('AuthorizeSecurityGroupIngress').map(({params}) => params)
    assert.deepEqual(
      rules.map(rule => [
        rule['IpPermissions.1.FromPort'],
        rule['IpPermissions.1.ToPort'],
        rule['IpPermissions.1.IpProtocol'],
      ]),
      [
        ['22', '22', 'tcp'],
        ['22', '22', 'tcp'],
      ],
    )
    assert.equal(rules[0]?.['IpPermissions.1.IpRanges.1.CidrIp'], '203.0.113.7/32')
    assert.equal(rules[1]?.['IpPermissions.1.Ipv6Ranges.1.CidrIpv6'], '2001:db8::1/128')
  })

  it('has one group when the answer to its making was lost', async () => {
    wire.answer('DescribeSecurityGroups', groups(), groups(), groups('sg-0made'))
    wire.answer('CreateSecurityGroup', {code: 'InvalidGroup.Duplicate'})
    const context = wire.context(stateDir)
    const network = await makeNetwork(await openEc2(null, context), lease, null, [], context.signal)
    assert.equal(network.group, 'sg-0made')
  })

  it('lets in a user who has moved, and says whether that changed anything', async () => {
    wire.answer('AuthorizeSecurityGroupIngress', done, {code: 'InvalidPermission.Duplicate'})
    const ec2 = await openEc2(null, wire.context(stateDir))
    assert.equal(await admit(ec2, lease, ['198.51.100.9/32'], wire.context(stateDir).signal), true)
    assert.equal(await admit(ec2, lease, ['198.51.100.9/32'], wire.context(stateDir).signal), false)
    assert.equal(wire.callsOf('AuthorizeSecurityGroupIngress')[0]?.params['GroupId'], 'sg-0aaa')
  })

  it('needs a subnet that is there', async () => {
    wire.answer('DescribeSubnets', '<subnetSet></subnetSet>')
    const context = wire.context(stateDir)
    await assert.rejects(makeNetwork(await openEc2(null, context), lease, 'subnet-0bbb', [], context.signal), {
      code: 'AWS_SUBNET_MISSING',
    })
  })
})
