import assert from 'node:assert/strict'

import * as aws from '@aws-sdk/client-ec2'

import {canonicalImages, clientOf, launch, lookAt, untilState} from './support/ec2/client.js'
import {startLabCloud, type LabCloud} from './support/ec2/lab-cloud.js'
import {makeSshLogin, type SshLogin} from './support/ec2/ssh-login.js'
import {describeInCloud} from './support/ec2/in-cloud.js'

const IDENTITY = 'cat /etc/ssh/ssh_host_ed25519_key.pub /etc/machine-id'
const BOOT = 'stat -c %z /run/sshd'

describeInCloud('the lab cloud', () => {
  let cloud: LabCloud
  let ec2: aws.EC2Client
  let login: SshLogin

  const ready = async (id: string): Promise<string> => {
    const {PublicIpAddress = ''} = await untilState(ec2, id, 'running')
    await login.eventually(PublicIpAddress, `test -e /var/lib/ready/${id}`)
    return PublicIpAddress
  }
  const terminate = async (...ids: string[]): Promise<void> => {
    await ec2.send(new aws.TerminateInstancesCommand({InstanceIds: ids}))
    for (const id of ids) await untilState(ec2, id, 'terminated')
  }
  const refused = (answer: Promise<unknown>, code: string): Promise<void> => assert.rejects(answer, {name: code})

  before(async () => {
    cloud = await startLabCloud()
    ec2 = clientOf(cloud)
    login = makeSshLogin('crabbox')
  })
  after(async () => {
    ec2.destroy()
    login.close()
    await cloud.close()
    assert.deepEqual(await cloud.remains(), [])
  })
  afterEach(() => cloud.knobs.reset())

  it('boots a machine with the user of its user-data, and a reboot makes no other of it', async () => {
    const id = await launch(ec2, {UserData: userData(login.publicKey)})
    const address = await ready(id)
    assert.equal(await login.run(address, 'sudo id -u'), '0')
    await login.run(address, 'sudo apt-get -qq update && sudo apt-get -qq install -y tree >/dev/null && tree --version')
    const {Output = ''} = await ec2.send(new aws.GetConsoleOutputCommand({InstanceId: id}))
    assert.match(Buffer.from(Output, 'base64').toString(), /Cloud-init .* running 'init-local'/)

    const before = await login.run(address, `sudo touch /tmp/gone /run/gone kept; ${IDENTITY}`)
    const boot = await login.run(address, BOOT)
    await ec2.send(new aws.RebootInstancesCommand({InstanceIds: [id]}))
    const another = `test "$(${BOOT})" != '${boot}' -a -e kept -a ! -e /tmp/gone -a ! -e /run/gone`
    assert.equal(await login.eventually(address, `${another} && ${IDENTITY}`), before)

    await ec2.send(new aws.StopInstancesCommand({InstanceIds: [id]}))
    assert.equal((await untilState(ec2, id, 'stopped')).PublicIpAddress, undefined)
    await ec2.send(new aws.StartInstancesCommand({InstanceIds: [id]}))
    const {PublicIpAddress = ''} = await untilState(ec2, id, 'running')
    assert.notEqual(PublicIpAddress, address)
    assert.equal(await login.eventually(PublicIpAddress, IDENTITY), before)
    await terminate(id)
  })

  it('makes an image of a machine, and another machine of it', async () => {
    const source = await launch(ec2, {UserData: userData(login.publicKey)})
    const address = await ready(source)
    const old = (await login.run(address, `echo from the first > kept; ${IDENTITY}`)).split('\n')
    const forget =
      'sudo cloud-init clean --logs --machine-id && sudo rm /etc/ssh/ssh_host_* /home/*/.ssh/authorized_keys'
    await login.run(address, forget)
    const {ImageId = ''} = await ec2.send(new aws.CreateImageCommand({InstanceId: source, Name: 'of the first'}))
    const states: unknown[] = []
    while (states.at(-1) !== 'available') {
      const {Images = []} = await ec2.send(new aws.DescribeImagesCommand({ImageIds: [ImageId], Owners: ['self']}))
      states.push(Images[0]?.State)
    }
    assert.deepEqual(states, ['pending', 'pending', 'available'])

    const newLogin = makeSshLogin('crabbox')
    const fork = await launch(ec2, {ImageId, UserData: userData(newLogin.publicKey)})
    const {PublicIpAddress = ''} = await untilState(ec2, fork, 'running')
    const now = await newLogin.eventually(PublicIpAddress, `test -e /var/lib/ready/${fork} && cat kept && ${IDENTITY}`)
    const [kept, ...identity] = now.split('\n')
    newLogin.close()
    assert.equal(kept, 'from the first')
    for (const [index, one] of identity.entries()) assert.notEqual(one, old[index])
    await assert.rejects(login.run(PublicIpAddress, 'true'), /Permission denied/)
    await terminate(source, fork)
    await ec2.send(new aws.DeregisterImageCommand({ImageId, DeleteAssociatedSnapshots: true}))
    assert.deepEqual(cloud.state().snapshots, [])
  })

  it('has what an image and its snapshot are asked for', async () => {
    const id = await launch(ec2)
    await untilState(ec2, id, 'running')
    cloud.knobs.imagePolls(4)
    cloud.knobs.snapshotPolls(1)
    const Tags = [{Key: 'crabbox:checkpoint', Value: 'cp_1'}]
    const TagSpecifications = (['image', 'snapshot'] as const).map(ResourceType => ({ResourceType, Tags}))
    const call = {InstanceId: id, Name: 'tagged', NoReboot: true, TagSpecifications}
    await refused(ec2.send(new aws.CreateImageCommand({...call, DryRun: true})), 'DryRunOperation')
    await refused(ec2.send(new aws.CreateImageCommand({...call, Name: 'no'})), 'InvalidAMIName.Malformed')
    const {ImageId = ''} = await ec2.send(new aws.CreateImageCommand(call))
    await refused(ec2.send(new aws.CreateImageCommand(call)), 'InvalidAMIName.Duplicate')
    await refused(launch(ec2, {ImageId}), 'InvalidAMIID.Unavailable')
    const look = async (): Promise<aws.Image | undefined> => {
      const Filters = [{Name: 'tag:crabbox:checkpoint', Values: ['cp_*']}]
      return (await ec2.send(new aws.DescribeImagesCommand({Owners: ['self'], Filters}))).Images?.[0]
    }
    assert.equal((await look())?.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId, undefined)
    const image = await look()
    const snapshot = image?.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId ?? ''
    assert.deepEqual([image?.State, image?.Architecture, image?.RootDeviceName], ['pending', 'x86_64', '/dev/sda1'])
    assert.deepEqual([image?.OwnerId, image?.Tags], ['123456789012', Tags])
    const progress = async (): Promise<aws.Snapshot | undefined> =>
      (await ec2.send(new aws.DescribeSnapshotsCommand({SnapshotIds: [snapshot]}))).Snapshots?.[0]
    const early = await progress()
    assert.deepEqual([early?.State, early?.Progress, early?.VolumeSize], ['pending', '50%', 8])
    assert.ok((early?.FullSnapshotSizeInBytes ?? 0) > 1e8)
    await progress()
    assert.deepEqual([(await progress())?.Progress, (await look())?.State], ['100%', 'available'])
    await refused(ec2.send(new aws.DeleteSnapshotCommand({SnapshotId: snapshot})), 'InvalidSnapshot.InUse')
    await ec2.send(new aws.DeregisterImageCommand({ImageId}))
    await ec2.send(new aws.DeleteSnapshotCommand({SnapshotId: snapshot}))
    await refused(ec2.send(new aws.DeleteSnapshotCommand({SnapshotId: snapshot})), 'InvalidSnapshot.NotFound')
    await refused(ec2.send(new aws.DescribeImagesCommand({ImageIds: [ImageId]})), 'InvalidAMIID.NotFound')
    await terminate(id)
  })

  it('keeps keys, groups and rules, and launches by them', async () => {
    const [newest] = (await canonicalImages(ec2)).map(({Name}) => Name)
    assert.match(newest ?? '', /plucky-25.04-amd64-server-20261110$/)
    const key = {KeyName: 'mine', PublicKeyMaterial: Buffer.from(login.publicKey)}
    const {KeyPairId} = await ec2.send(new aws.ImportKeyPairCommand(key))
    await refused(ec2.send(new aws.ImportKeyPairCommand(key)), 'InvalidKeyPair.Duplicate')
    const group = {GroupName: 'ours', Description: 'for a test'}
    const {GroupId = ''} = await ec2.send(new aws.CreateSecurityGroupCommand(group))
    await refused(ec2.send(new aws.CreateSecurityGroupCommand(group)), 'InvalidGroup.Duplicate')
    const rule = (address: string): aws.AuthorizeSecurityGroupIngressCommandInput => ({
      GroupId,
      IpPermissions: [{IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{CidrIp: `${address}/32`}]}],
    })
    await ec2.send(new aws.AuthorizeSecurityGroupIngressCommand(rule('192.0.2.1')))
    const again = ec2.send(new aws.AuthorizeSecurityGroupIngressCommand(rule('192.0.2.1')))
    await refused(again, 'InvalidPermission.Duplicate')
    const {SecurityGroups = []} = await ec2.send(new aws.DescribeSecurityGroupsCommand({GroupIds: [GroupId]}))
    assert.equal(SecurityGroups[0]?.IpPermissions?.[0]?.IpRanges?.[0]?.CidrIp, '192.0.2.1/32')

    const call = {KeyName: 'mine', SecurityGroupIds: [GroupId], ClientToken: 'once'}
    const ids = await Promise.all([launch(ec2, call), launch(ec2, call)])
    assert.equal(ids[0], ids[1])
    await refused(launch(ec2, {...call, InstanceType: 'm7a.large'}), 'IdempotentParameterMismatch')
    await refused(launch(ec2, {InstanceType: 't4g.small'}), 'InvalidParameterValue')
    await refused(launch(ec2, {KeyName: 'yours'}), 'InvalidKeyPair.NotFound')
    await refused(ec2.send(new aws.DeleteSecurityGroupCommand({GroupId})), 'DependencyViolation')
    assert.deepEqual((await lookAt(ec2, ids[0])).SecurityGroups, [{GroupId, GroupName: 'ours'}])
    await terminate(ids[0])
    await ec2.send(new aws.RevokeSecurityGroupIngressCommand(rule('192.0.2.1')))
    await ec2.send(new aws.DeleteSecurityGroupCommand({GroupId}))
    await ec2.send(new aws.DeleteKeyPairCommand({KeyPairId}))
    await ec2.send(new aws.DeleteKeyPairCommand({KeyName: 'mine'}))
    for (const left of Object.values(cloud.state())) assert.deepEqual(left, [])
  })

  it('fails as it is told to, and loses answers to what it has done', async () => {
    const {knobs} = cloud
    const vpcs = (): Promise<aws.DescribeVpcsCommandOutput> => ec2.send(new aws.DescribeVpcsCommand({}))
    knobs.fail('DescribeVpcs', {code: 'RequestLimitExceeded', message: 'Request limit exceeded.'}, 1)
    await refused(vpcs(), 'RequestLimitExceeded')
    knobs.slow(150)
    const start = Date.now()
    assert.equal((await vpcs()).Vpcs?.length, 2)
    assert.ok(Date.now() - start >= 149)
    knobs.reset()

    knobs.capacity(type => type !== 'm7a.large')
    await refused(launch(ec2, {InstanceType: 'm7a.large'}), 'InsufficientInstanceCapacity')
    knobs.defaultVpc(false)
    await refused(launch(ec2), 'VPCIdNotSpecified')
    knobs.defaultVpc(true)
    assert.deepEqual(cloud.state().instances, [])

    knobs.loseAnswer('RunInstances', 1)
    await assert.rejects(launch(ec2, {ClientToken: 'lost'}), {code: 'ECONNRESET'})
    const Filters = [{Name: 'client-token', Values: ['lost']}]
    const {Reservations = []} = await ec2.send(new aws.DescribeInstancesCommand({Filters}))
    assert.equal(Reservations[0]?.Instances?.[0]?.InstanceId, await launch(ec2, {ClientToken: 'lost'}))
    await terminate(await launch(ec2, {ClientToken: 'lost'}))

    const seen: string[] = []
    knobs.afterCall((n, action) => void seen.push(`${n} ${action} ${cloud.state().keyPairs.length}`))
    await ec2.send(new aws.ImportKeyPairCommand({KeyName: 'a', PublicKeyMaterial: Buffer.from(login.publicKey)}))
    await ec2.send(new aws.DeleteKeyPairCommand({KeyName: 'a'}))
    assert.deepEqual(seen, ['1 ImportKeyPair 1', '2 DeleteKeyPair 0'])
    const last = cloud.calls.at(-1)
    assert.deepEqual([last?.action, last?.params['KeyName']], ['DeleteKeyPair', 'a'])
  })

  it('shows late what it made, spoils an image, and takes a spot instance away', async () => {
    cloud.knobs.eventual(2)
    const id = await launch(ec2, {InstanceMarketOptions: {MarketType: 'spot'}})
    await refused(lookAt(ec2, id), 'InvalidInstanceID.NotFound')
    await refused(lookAt(ec2, id), 'InvalidInstanceID.NotFound')
    assert.equal((await untilState(ec2, id, 'running')).InstanceLifecycle, 'spot')
    cloud.knobs.reset()

    cloud.knobs.imagePolls(0)
    cloud.knobs.failImage('The disk is bad')
    const {ImageId = ''} = await ec2.send(new aws.CreateImageCommand({InstanceId: id, Name: 'spoiled', NoReboot: true}))
    const {Images = []} = await ec2.send(new aws.DescribeImagesCommand({ImageIds: [ImageId]}))
    assert.deepEqual([Images[0]?.State, Images[0]?.StateReason?.Message], ['failed', 'The disk is bad'])
    const elsewhere = clientOf(cloud, 'us-east-1')
    const there = elsewhere.send(new aws.DescribeImagesCommand({ImageIds: [ImageId]}))
    await refused(there, 'InvalidAMIID.NotFound')
    elsewhere.destroy()

    cloud.knobs.interruptSpot(id)
    const {StateReason, PublicIpAddress, SecurityGroups} = await untilState(ec2, id, 'terminated')
    assert.equal(StateReason?.Code, 'Server.SpotInstanceTermination')
    assert.deepEqual([PublicIpAddress, SecurityGroups], [undefined, []])
  })
})

const userData = (publicKey: string): string =>
  Buffer.from(
    [
      '#cloud-config',
      'users:',
      '  - name: crabbox',
      '    sudo: ALL=(ALL) NOPASSWD:ALL',
      '    shell: /bin/bash',
      `    ssh_authorized_keys: ['${publicKey}']`,
      'ssh_pwauth: false',
      'packages: [git, tar, zstd]',
      'runcmd:',
      '  - mkdir -p /var/lib/ready',
      '  - touch /var/lib/ready/$(cloud-init query instance_id)',
      '',
    ].join('\n'),
  ).toString('base64')
