import assert from 'node:assert/strict'
import {mkdtempSync, readFileSync, rmSync, statSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import type {LeaseRequest} from '../../../src/core/lease.js'
import {openEc2} from '../../../src/providers/aws/client.js'
import {makeKey} from '../../../src/providers/aws/keys.js'
import {launch, type Launch} from '../../../src/providers/aws/launch.js'
import {readSettings} from '../../../src/providers/aws/settings.js'
import {nameOf} from '../../../src/providers/aws/tags.js'
import {ec2Wire, instanceItem} from './support/ec2-wire.js'
import {requestOf} from './support/lease.js'

const IMAGE = {
  id: 'ami-0aaa',
  architecture: 'x86_64',
  rootDeviceName: '/dev/sda1',
  size: 8,
  furtherDevices: [],
} as const
const STARTED = `<ownerId>111122223333</ownerId><instancesSet>${instanceItem({state: 'pending'})}</instancesSet>`

describe('starting a machine', () => {
  const wire = ec2Wire()
  let stateDir: string
  beforeEach(() => (stateDir = mkdtempSync(join(tmpdir(), 'crabbox-aws-'))))
  afterEach(() => rmSync(stateDir, {recursive: true}))

  const wish = async (one: LeaseRequest, settings: Record<string, string> = {}): Promise<Launch> => ({
    request: one,
    settings: await readSettings(wire.context(stateDir, settings)),
    image: IMAGE,
    key: await makeKey(stateDir, one.id),
    keyName: nameOf(one.id),
    network: {group: 'sg-0aaa', subnet: settings['subnet'] ?? null},
  })
  const start = async (one: LeaseRequest, settings: Record<string, string> = {}): Promise<string[]> => {
    const context = wire.context(stateDir, settings)
    await launch(await openEc2(null, context), await wish(one, settings), context)
    return context.warnings
  }

  it('asks for one that is tagged, encrypted, closed to metadata thieves, and known by a token', async () => {
    wire.answer('RunInstances', STARTED)
    const one = requestOf()
    await start(one)
    const {params} = wire.calls[0] ?? assert.fail('no call')
    const expected: Record<string, string> = {
      ImageId: 'ami-0aaa',
      InstanceType: 'm7a.large',
      MinCount: '1',
      MaxCount: '1',
      ClientToken: `${one.id}-m7a.large-on-demand`,
      KeyName: `crabbox-${one.id}`,
      'SecurityGroupId.1': 'sg-0aaa',
      'BlockDeviceMapping.1.DeviceName': '/dev/sda1',
      'BlockDeviceMapping.1.Ebs.VolumeType': 'gp3',
      'BlockDeviceMapping.1.Ebs.Encrypted': 'true',
      'BlockDeviceMapping.1.Ebs.DeleteOnTermination': 'true',
      'BlockDeviceMapping.1.Ebs.VolumeSize': '64',
      'MetadataOptions.HttpTokens': 'required',
    }
    for (const [name, value] of Object.entries(expected)) assert.equal(params[name], value, name)
    const tags = ['1', '2'].map(i =>
      Object.fromEntries(
        ['1', '2', '3', '4'].map(j => [
          params[`TagSpecification.${i}.Tag.${j}.Key`],
          params[`TagSpecification.${i}.Tag.${j}.Value`],
        ]),
      ),
    )
    assert.deepEqual(
      [params['TagSpecification.1.ResourceType'], params['TagSpecification.2.ResourceType']],
      ['instance', 'volume'],
    )
    for (const set of tags) {
      assert.equal(set['crabbox'], 'true')
      assert.equal(set['crabbox:lease'], one.id)
      assert.match(set['crabbox:owner'] ?? '', /@/)
    }
  })

  it('gives it the public key in its user-data, and nothing of the private one', async () => {
    wire.answer('RunInstances', STARTED)
    const one = requestOf()
    await start(one)
    const key = await makeKey(stateDir, one.id)
    const text = Buffer.from(wire.calls[0]?.params['UserData'] ?? '', 'base64').toString('utf8')
    assert.match(text, /^#cloud-config\n/)
    assert.ok(text.includes(key.publicKey))
    const secret = readFileSync(key.file, 'utf8')
      .split('\n')
      .filter(line => line.length > 20 && !line.startsWith('-'))
    assert.ok(secret.length > 2)
    for (const line of secret) assert.ok(!text.includes(line), 'the user-data holds a part of the private key')
    assert.equal(statSync(key.file).mode & 0o777, 0o600)
    assert.equal(statSync(join(key.file, '..')).mode & 0o777, 0o700)
  })

  it('goes along the types of the class until there is capacity, and says so', async () => {
    const none = {code: 'InsufficientInstanceCapacity', message: 'none left', status: 500}
    wire.answer('RunInstances', none, {code: 'Unsupported', message: 'not in this zone'}, STARTED)
    const warnings = await start(requestOf())
    assert.deepEqual(
      wire.calls.map(({params}) => params['InstanceType']),
      ['m7a.large', 'm7i.large', 'c7a.xlarge'],
    )
    assert.equal(new Set(wire.calls.map(({params}) => params['ClientToken'])).size, 3)
    assert.deepEqual(warnings, [
      'EC2 has no m7a.large at the moment; trying m7i.large',
      'EC2 has no m7i.large at the moment; trying c7a.xlarge',
    ])
  })

  it('fails when no type of the class is to be had', async () => {
    wire.answer('RunInstances', {code: 'InsufficientInstanceCapacity', status: 500})
    await assert.rejects(start(requestOf()), {code: 'AWS_NO_CAPACITY'})
    assert.equal(wire.calls.length, 4)
  })

  it('takes the type that was named or none', async () => {
    wire.answer('RunInstances', {code: 'InsufficientInstanceCapacity', status: 500})
    await assert.rejects(start(requestOf({type: 'c7a.4xlarge'})), {code: 'AWS_NO_CAPACITY'})
    assert.deepEqual(
      wire.calls.map(({params}) => params['InstanceType']),
      ['c7a.4xlarge'],
    )
  })

  it('goes on past a quota, which may leave room for a smaller type, and ends with it', async () => {
    wire.answer('RunInstances', {code: 'VcpuLimitExceeded'}, STARTED)
    const [warning] = await start(requestOf())
    assert.match(warning ?? '', /quota.*m7a\.large.*m7i\.large/)
    wire.answer('RunInstances', {code: 'VcpuLimitExceeded'})
    await assert.rejects(start(requestOf()), {code: 'AWS_QUOTA'})
    assert.equal(wire.calls.length, 6)
  })

  it('waits for a group that is not known everywhere yet', async () => {
    wire.answer('RunInstances', {code: 'InvalidGroup.NotFound'}, {code: 'InvalidKeyPair.NotFound'}, STARTED)
    await start(requestOf())
    assert.equal(wire.calls.length, 3)
  })

  it('takes care that no volume of the image outlives the machine', async () => {
    wire.answer('RunInstances', STARTED)
    const context = wire.context(stateDir)
    const one = await wish(requestOf())
    await launch(await openEc2(null, context), {...one, image: {...IMAGE, furtherDevices: ['/dev/sdf']}}, context)
    const {params} = wire.calls[0] ?? assert.fail('no call')
    assert.equal(params['BlockDeviceMapping.2.DeviceName'], '/dev/sdf')
    assert.equal(params['BlockDeviceMapping.2.Ebs.DeleteOnTermination'], 'true')
  })

  it('refuses a type for another processor, and what is none, before it asks', async () => {
    await assert.rejects(start(requestOf({type: 'c7g.large'})), {code: 'AWS_ARCHITECTURE'})
    await assert.rejects(start(requestOf({type: 'big one'})), {code: 'AWS_TYPE_INVALID'})
    assert.equal(wire.calls.length, 0)
  })

  it('asks for spot where that is wanted, and in the subnet that is configured', async () => {
    wire.answer('RunInstances', STARTED)
    await start(requestOf({market: 'spot'}), {subnet: 'subnet-0bbb', diskGb: '200'})
    const {params} = wire.calls[0] ?? assert.fail('no call')
    assert.equal(params['InstanceMarketOptions.MarketType'], 'spot')
    assert.equal(params['InstanceMarketOptions.SpotOptions.SpotInstanceType'], 'one-time')
    assert.equal(params['NetworkInterface.1.SubnetId'], 'subnet-0bbb')
    assert.equal(params['NetworkInterface.1.SecurityGroupId.1'], 'sg-0aaa')
    assert.equal(params['SecurityGroupId.1'], undefined)
    assert.equal(params['BlockDeviceMapping.1.Ebs.VolumeSize'], '200')
  })

  it('starts one machine when the answer is lost: the same token comes again', async () => {
    let lost = true
    wire.answer('RunInstances', () => {
      if (!lost) return STARTED
      lost = false
      return {code: 'InternalError', status: 500}
    })
    await start(requestOf())
    assert.equal(wire.calls.length, 2)
    assert.equal(wire.calls[0]?.params['ClientToken'], wire.calls[1]?.params['ClientToken'])
  })
})
