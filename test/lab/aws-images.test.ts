import assert from 'node:assert/strict'

import type {Checkpoint} from '../../src/core/checkpoint.js'
import type {Lease} from '../../src/core/lease.js'
import {openAwsStory, settled, type AwsStory} from './support/aws-story.js'
import {describeInCloud} from './support/ec2/in-cloud.js'

describeInCloud('images on AWS, in the lab cloud', () => {
  let story: AwsStory
  before(async () => {
    story = await openAwsStory()
  })
  after(() => story.close())
  afterEach(() => story.aws.cloud.knobs.reset())

  it('takes archives both ways, and boots from a promoted image', async () => {
    const {lab, json, run, create, fork, keyOf, letsIn, warmup} = story
    const here = await json<Lease>('warmup', '--provider', 'local')
    await run(here, 'echo portable > file')
    const archive = await create(here, '--name', 'portable')
    const [there] = await fork('portable', '--provider', 'aws', '--class', 'tiny')
    assert.ok(there)
    assert.equal(await run(there, 'cat file; sudo touch /etc/golden'), 'portable')
    await run(there, 'echo changed > file')
    const back = await create(there, '--mode', 'archive', '--name', 'back')
    assert.deepEqual([archive.tier, back.tier], ['workspace-archive', 'workspace-archive'])
    const [home] = await fork('back', '--provider', 'local')
    assert.ok(home)
    assert.equal(await run(home, 'cat file'), 'changed')
    await json('checkpoint', 'restore', 'portable', '--id', there.id)
    assert.equal(await run(there, 'cat file'), 'portable')

    const golden = await create(there, '--name', 'golden')
    await json('image', 'promote', 'golden')
    const refused = await lab.run('checkpoint', 'delete', 'golden')
    assert.equal(refused.code, 6)
    assert.match(refused.stderr, /IMAGE_PROMOTED/)
    const fresh = await warmup()
    assert.equal(await run(fresh, 'ls /etc/golden; ls -A'), '/etc/golden')
    assert.equal(await letsIn(fresh, keyOf(there)), false)
    const restored = await lab.run('checkpoint', 'restore', golden.id, '--id', there.id)
    assert.equal(restored.code, 2)
    assert.match(restored.stderr, /RESTORE_UNSUPPORTED[^]*fork/)
    await json('image', 'demote', 'golden')
    await json('checkpoint', 'delete', 'golden')
  })

  it('makes as few calls as its page says', async () => {
    const {aws, json, run, create, fork, warmup} = story
    const countOf = (since: number): Record<string, number> => {
      const counts: Record<string, number> = {}
      for (const {action} of aws.cloud.calls.slice(since)) counts[action] = (counts[action] ?? 0) + 1
      return counts
    }
    let since = aws.cloud.calls.length
    const counted: Record<string, Record<string, number>> = {}
    const count = (what: string): void => {
      counted[what] = countOf(since)
      since = aws.cloud.calls.length
    }
    const source = await warmup()
    count('warmup')
    await run(source, 'true')
    count('run')
    await create(source, '--name', 'counted')
    count('create')
    const [one] = await fork('counted')
    count('fork')
    await json('checkpoint', 'delete', 'counted')
    count('delete')
    assert.ok(one)
    await json('stop', '--id', one.id)
    count('stop')
    const looks = ['DescribeInstances', 'DescribeImages', 'DescribeSnapshots']
    const changes = Object.fromEntries(
      Object.entries(counted).map(([what, calls]) => [
        what,
        Object.fromEntries(Object.entries(calls).filter(([action]) => !looks.includes(action))),
      ]),
    )
    const make = {
      DescribeSecurityGroups: 2,
      ImportKeyPair: 1,
      CreateSecurityGroup: 1,
      AuthorizeSecurityGroupIngress: 1,
      RunInstances: 1,
    }
    assert.deepEqual(changes, {
      warmup: make,
      run: {},
      create: {CreateImage: 2},
      fork: make,
      delete: {DeregisterImage: 1, DeleteSnapshot: 1},
      stop: {
        DescribeSecurityGroups: 2,
        ModifyInstanceAttribute: 1,
        TerminateInstances: 1,
        DeleteKeyPair: 1,
        DeleteSecurityGroup: 1,
      },
    })
    assert.deepEqual(counted['run'], {})
    assert.equal(counted['delete']?.['DescribeImages'], 2)
  })

  it('leaves an image to be made while nobody waits, and says how far it is', async () => {
    const {aws, lab, json, create, fork, warmup} = story
    aws.cloud.knobs.imagePolls(6)
    const source = await warmup()
    const cut = await create(source, '--name', 'later', '--no-wait')
    assert.equal(cut.state, 'cut')
    const early = await lab.run('checkpoint', 'fork', 'later')
    assert.equal(early.code, 6)
    assert.match(early.stderr, /CHECKPOINT_NOT_READY/)
    const state = async (): Promise<string> =>
      (await json<{checkpoint: Checkpoint}>('checkpoint', 'inspect', 'later')).checkpoint.state
    await settled(async () => assert.equal(await state(), 'ready'))
    assert.equal((await fork('later')).length, 1)
    await json('checkpoint', 'delete', 'later')
  })

  it('restarts the machine for an image where that is wanted, and finds it again', async () => {
    const {json, run, create, fork, keyOf, letsIn, warmup} = story
    const source = await warmup()
    await run(source, 'echo here > file; sudo touch /run/before')
    await create(source, '--name', 'clean', '--reboot')
    assert.equal(await run(source, 'cat file; ls /run/before 2>/dev/null || true'), 'here')
    const [one] = await fork('clean')
    assert.ok(one)
    assert.equal(await run(one, 'cat file'), 'here')
    assert.equal(await letsIn(one, keyOf(source)), false)
    await json('checkpoint', 'delete', 'clean')
  })

  it('gives out no fork that lets the holder of another key in', async () => {
    const {lab, aws, run, create, warmup} = story
    const source = await warmup()
    const plant = 'umask 077; mkdir -p /root/.ssh; cat /home/crabbox/.ssh/authorized_keys > /root/.ssh/authorized_keys2'
    await run(source, `sudo sh -c '${plant}'`)
    await create(source, '--name', 'planted')
    const machines = aws.cloud.state().instances.length
    const {code, stderr} = await lab.run('checkpoint', 'fork', 'planted')
    assert.equal(code, 5)
    assert.match(stderr, /authorized_keys2[^]*FORK_NOT_FRESH/)
    await settled(async () => assert.equal(aws.cloud.state().instances.length, machines))
  })
})
