import assert from 'node:assert/strict'

import type {Checkpoint} from '../../src/core/checkpoint.js'
import type {Lease} from '../../src/core/lease.js'
import {expectNothing, holdings, type AwsLab} from './support/aws-lab.js'
import {openAwsStory, type AwsStory} from './support/aws-story.js'
import {openLab, type Forked, type Lab, type Outcome} from './support/cli.js'
import {describeInCloud} from './support/ec2/in-cloud.js'

const WARMUP = ['warmup', '--provider', 'aws', '--class', 'tiny']

describeInCloud('EC2 on a worse day', () => {
  let story: AwsStory
  let aws: AwsLab
  let lab: Lab
  before(async () => {
    story = await openAwsStory()
    ;({aws, lab} = story)
  })
  after(() => story.close())
  afterEach(async () => {
    aws.cloud.knobs.reset()
    for (const {id} of (await lab.json<{checkpoints: Checkpoint[]}>('checkpoint', 'list')).checkpoints)
      await lab.json('checkpoint', 'delete', id)
    for (const {id} of (await lab.json<{leases: Lease[]}>('list')).leases) await lab.json('stop', '--id', id)
    await expectNothing(aws.cloud)
  })

  const expectFailure = (outcome: Outcome, exit: number, says: RegExp): void => {
    assert.equal(outcome.code, exit, `${outcome.stdout}${outcome.stderr}`)
    assert.match(outcome.stderr, says)
    assert.doesNotMatch(outcome.stderr, /\n\s+at /)
  }

  for (const action of ['ImportKeyPair', 'CreateSecurityGroup', 'AuthorizeSecurityGroupIngress', 'RunInstances'])
    it(`makes one machine when the answer to ${action} is lost`, async () => {
      aws.cloud.knobs.loseAnswer(action, 1)
      await lab.json(...WARMUP)
      const {instances, keyPairs, groups, rules} = holdings(aws.cloud)
      assert.deepEqual({instances, keyPairs, groups, rules}, {instances: 1, keyPairs: 1, groups: 1, rules: 1})
    })

  for (const action of ['CreateImage', 'DeregisterImage', 'DeleteSnapshot'])
    it(`has one image, or none any more, when the answer to ${action} is lost`, async () => {
      const {id} = await lab.json<Lease>(...WARMUP)
      if (action === 'CreateImage') aws.cloud.knobs.loseAnswer(action, 2)
      const saved = await lab.json<Checkpoint>('checkpoint', 'create', '--id', id)
      assert.equal(holdings(aws.cloud)['images'], 1)
      if (action !== 'CreateImage') aws.cloud.knobs.loseAnswer(action, 1)
      await lab.json('checkpoint', 'delete', saved.id)
      const {images, snapshots} = holdings(aws.cloud)
      assert.deepEqual({images, snapshots}, {images: 0, snapshots: 0})
    })

  it('is waited for when it does not show at once what it has made, and when it takes no more calls', async () => {
    aws.cloud.knobs.eventual(3)
    aws.cloud.knobs.fail('DescribeInstances', {code: 'RequestLimitExceeded', message: 'slow down', status: 503}, 3)
    aws.cloud.knobs.fail('RunInstances', {code: 'RequestLimitExceeded', message: 'slow down', status: 503}, 2)
    const {id} = await lab.json<Lease>(...WARMUP)
    const saved = await lab.json<Checkpoint>('checkpoint', 'create', '--id', id, '--name', 'slow')
    assert.equal(saved.state, 'ready')
    assert.equal((await lab.json<Forked>('checkpoint', 'fork', 'slow')).forks.length, 1)
  })

  it('is tried with the next type when it has none of the first, and given up when it has none at all', async () => {
    aws.cloud.knobs.capacity(type => type === 'c7a.xlarge')
    const lease = await lab.json<Lease>(...WARMUP)
    assert.equal(lease.details['type'], 'c7a.xlarge')
    aws.cloud.knobs.capacity(() => false)
    expectFailure(await lab.run(...WARMUP), 5, /AWS_NO_CAPACITY/)
    expectFailure(await lab.run('warmup', '--provider', 'aws', '--type', 'c7a.large'), 5, /AWS_NO_CAPACITY/)
    assert.equal((await lab.json<{leases: Lease[]}>('list')).leases.length, 1)
  })

  for (const [code, says, exit] of [
    ['UnauthorizedOperation', /RunInstances[^]*AWS_NOT_PERMITTED/, 3],
    ['VcpuLimitExceeded', /AWS_QUOTA/, 5],
  ] as const)
    it(`leaves nothing after ${code}`, async () => {
      aws.cloud.knobs.fail('RunInstances', {code, message: 'no'}, 10)
      expectFailure(await lab.run(...WARMUP), exit, says)
      await expectNothing(aws.cloud)
    })

  it('says what to do where there is no default VPC', async () => {
    aws.cloud.knobs.defaultVpc(false)
    expectFailure(await lab.run(...WARMUP), 3, /AWS_NO_DEFAULT_VPC[^]*subnet/)
    await expectNothing(aws.cloud)
  })

  it('refuses an image without the right to make one before the machine is touched', async () => {
    const {id} = await lab.json<Lease>(...WARMUP)
    const since = aws.cloud.calls.length
    aws.cloud.knobs.fail('CreateImage', {code: 'UnauthorizedOperation', message: 'no'}, 10)
    expectFailure(await lab.run('checkpoint', 'create', '--id', id), 3, /AWS_NOT_PERMITTED/)
    const made = aws.cloud.calls
      .slice(since)
      .filter(({action, params}) => action === 'CreateImage' && params['DryRun'] !== 'true')
    assert.deepEqual(made, [])
    assert.equal((await lab.run('run', '--id', id, '--no-sync', '--', 'true')).code, 0)
  })

  it('puts the machine back when the image cannot be made after all', async () => {
    const {id} = await lab.json<Lease>(...WARMUP)
    const identity = async (): Promise<string> =>
      (
        await lab.run(
          'run',
          '--id',
          id,
          '--no-sync',
          '--shell',
          'cat /etc/machine-id /etc/ssh/*.pub ~/.ssh/authorized_keys',
        )
      ).stdout
    const before = await identity()
    assert.match(before, /ssh-ed25519/)
    // The first CreateImage only asks whether it would be allowed to.
    aws.cloud.knobs.afterCall((_, action) => {
      if (action === 'CreateImage') aws.cloud.knobs.fail('CreateImage', {code: 'InternalError', message: 'sorry'}, 20)
    })
    expectFailure(await lab.run('checkpoint', 'create', '--id', id), 5, /sorry/)
    assert.equal(await identity(), before)
    assert.deepEqual((await lab.json<{checkpoints: Checkpoint[]}>('checkpoint', 'list')).checkpoints, [])
  })

  it('ends with the reason of an image that has failed, and leaves nothing of it', async () => {
    const {id} = await lab.json<Lease>(...WARMUP)
    aws.cloud.knobs.failImage('Client.InternalError: the snapshot was lost')
    expectFailure(await lab.run('checkpoint', 'create', '--id', id), 5, /CHECKPOINT_FAILED/)
    const {images, snapshots} = holdings(aws.cloud)
    assert.deepEqual({images, snapshots}, {images: 0, snapshots: 0})
  })

  it('says that a spot machine was taken away, and the lease can be stopped', async () => {
    const lease = await lab.json<Lease>(...WARMUP, '--market', 'spot')
    aws.cloud.knobs.interruptSpot(lease.details['instance'] ?? '')
    expectFailure(await lab.run('run', '--id', lease.id, '--no-sync', '--', 'true'), 4, /LEASE_GONE/)
  })

  it('says so when an image of a checkpoint, or a machine, is gone from the account', async () => {
    const {id} = await lab.json<Lease>(...WARMUP)
    const saved = await lab.json<Checkpoint>('checkpoint', 'create', '--id', id, '--name', 'gone')
    assert.ok(saved.tier === 'aws-ami' && saved.artifact !== null)
    const verified = await lab.run('checkpoint', 'inspect', 'gone', '--verify')
    assert.equal(verified.code, 0)
    const other = openLab('aws-other', {env: aws.env})
    try {
      await other.json('checkpoint', 'recover', '--provider', 'aws')
      await other.json('checkpoint', 'delete', 'gone')
    } finally {
      other.close()
    }

    assert.equal((await lab.run('checkpoint', 'inspect', 'gone', '--verify')).code, 5)
    expectFailure(await lab.run('checkpoint', 'fork', 'gone'), 4, /IMAGE_GONE/)
    assert.equal(holdings(aws.cloud)['instances'], 1)
  })

  it('keeps what could not be stopped on record, to be stopped later', async () => {
    const {id} = await lab.json<Lease>(...WARMUP)
    aws.cloud.knobs.fail('TerminateInstances', {code: 'UnauthorizedOperation', message: 'no'}, 1)
    expectFailure(await lab.run('stop', '--id', id), 3, /AWS_NOT_PERMITTED/)
    assert.equal((await lab.json<{leases: Lease[]}>('list')).leases.length, 1)
    assert.equal(holdings(aws.cloud)['instances'], 1)
    await lab.run('doctor')
    await expectNothing(aws.cloud)
  })
})
