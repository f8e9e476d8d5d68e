import assert from 'node:assert/strict'
import {once} from 'node:events'

import type {Checkpoint} from '../../src/core/checkpoint.js'
import type {Lease} from '../../src/core/lease.js'
import type {AwsLab} from './support/aws-lab.js'
import {openAwsStory, settled, type AwsStory} from './support/aws-story.js'
import type {Forked, Lab} from './support/cli.js'
import {describeInCloud} from './support/ec2/in-cloud.js'

/**
 * The process is killed after each single call that it makes; the next command has to know what there is. Questions that are
 * asked again until the answer is another are one: how many there are is a matter of how busy this machine is.
 */
describeInCloud('killed after every call to EC2', () => {
  let story: AwsStory
  let aws: AwsLab
  let lab: Lab
  before(async () => {
    story = await openAwsStory()
    ;({aws, lab} = story)
  })
  after(() => story.close())
  // As on EC2, what was just made is not shown at once.
  beforeEach(() => aws.cloud.knobs.eventual(2))
  afterEach(() => aws.cloud.knobs.reset())

  /** Runs a command that is killed after its n-th call, of those that differ. False when it made fewer, and came to its end. */
  const killedAfter = async (n: number, args: readonly string[]): Promise<boolean> => {
    const child = lab.start(...args)
    const ended = once(child, 'exit')
    let [number, before] = [0, '']
    aws.cloud.knobs.afterCall(async () => {
      const call = JSON.stringify(aws.cloud.calls.at(-1))
      if (call === before) return
      before = call
      number++
      if (number !== n) return
      child.kill('SIGKILL')
      await ended
    })
    child.stdout?.resume()
    child.stderr?.resume()
    await ended
    aws.cloud.knobs.afterCall(undefined)
    return child.signalCode === 'SIGKILL'
  }

  const checkpoints = async (): Promise<Checkpoint[]> =>
    (await lab.json<{checkpoints: Checkpoint[]}>('checkpoint', 'list')).checkpoints
  const leases = async (): Promise<Lease[]> => (await lab.json<{leases: Lease[]}>('list')).leases

  const untilReady = (id: string): Promise<void> =>
    settled(async () => {
      const {checkpoint} = await lab.json<{checkpoint: Checkpoint}>('checkpoint', 'inspect', id)
      assert.equal(checkpoint.state, 'ready')
    })

  /** What the account holds is what the records name: no more, and no less. */
  const expectHonesty = async (when: string): Promise<void> => {
    const doctor = await lab.run('doctor')
    assert.equal(doctor.code, 0, `${when}: ${doctor.stdout}${doctor.stderr}`)
    // An image that EC2 does not show yet is cut; whoever asks for it later learns of its snapshots.
    for (const {id, state} of await checkpoints()) if (state === 'cut') await untilReady(id)
    const [all, saved] = await Promise.all([leases(), checkpoints()])
    const artifacts = saved.flatMap(({tier, artifact}) =>
      tier === 'aws-ami' && artifact !== null && artifact.imageId !== null ? [artifact] : [],
    )
    const {instances, images, snapshots, keyPairs, groups} = aws.cloud.state()
    const sorted = (names: readonly (string | null | undefined)[]): string[] => names.map(String).sort()
    assert.deepEqual(
      all.filter(({state}) => state !== 'ready'),
      [],
      when,
    )
    assert.deepEqual(
      sorted(instances.filter(({state}) => state !== 'shutting-down').map(({id}) => id)),
      sorted(all.map(({details}) => details['instance'])),
      `${when}: machines`,
    )
    assert.deepEqual(
      sorted(keyPairs.map(({name}) => name)),
      sorted(all.map(({id}) => `crabbox-${id}`)),
      `${when}: key pairs`,
    )
    assert.deepEqual(
      sorted(groups.map(({name}) => name)),
      sorted(all.map(({id}) => `crabbox-${id}`)),
      `${when}: groups`,
    )
    assert.deepEqual(sorted(images.map(({id}) => id)), sorted(artifacts.map(({imageId}) => imageId)), `${when}: images`)
    assert.deepEqual(
      sorted(snapshots.map(({id}) => id)),
      sorted(artifacts.flatMap(({snapshotIds}) => snapshotIds)),
      `${when}: snapshots`,
    )
  }
  const stopAll = async (): Promise<void> => {
    for (const {id} of await leases()) await lab.json('stop', '--id', id)
  }
  const deleteAll = async (): Promise<void> => {
    for (const {id} of await checkpoints()) await lab.json('checkpoint', 'delete', id)
  }

  it('warmup leaves a lease or nothing', async () => {
    for (let n = 1; await killedAfter(n, ['warmup', '--provider', 'aws', '--class', 'tiny']); n++) {
      await expectHonesty(`warmup, killed after call ${n}`)
      assert.ok(n < 60)
    }

    await expectHonesty('warmup')
    assert.equal((await leases()).length, 1)
    await stopAll()
  })

  it('create leaves a checkpoint or nothing, and the source as it was', async () => {
    const source = await lab.json<Lease>('warmup', '--provider', 'aws', '--class', 'tiny')
    const identity = async (): Promise<string> => {
      const {code, stdout, stderr} = await lab.run(
        'run',
        '--id',
        source.id,
        '--no-sync',
        '--shell',
        'cat /etc/machine-id /etc/ssh/ssh_host_ed25519_key.pub',
      )
      assert.equal(code, 0, stderr)
      return stdout
    }
    const before = await identity()
    for (let n = 1; await killedAfter(n, ['checkpoint', 'create', '--id', source.id]); n++) {
      await expectHonesty(`create, killed after call ${n}`)
      assert.equal(await identity(), before, `create, killed after call ${n}: the source is somebody else`)
      await deleteAll()
      await expectHonesty(`create, killed after call ${n}, deleted`)
      assert.ok(n < 60)
    }

    await expectHonesty('create')
    assert.equal((await checkpoints()).length, 1)
    await deleteAll()
    await stopAll()
  })

  it('fork leaves a lease or nothing, and the checkpoint as it was', async () => {
    const source = await lab.json<Lease>('warmup', '--provider', 'aws', '--class', 'tiny')
    await lab.json('checkpoint', 'create', '--id', source.id, '--name', 'base')
    for (let n = 1; await killedAfter(n, ['checkpoint', 'fork', 'base']); n++) {
      await expectHonesty(`fork, killed after call ${n}`)
      assert.ok(n < 60)
    }

    assert.equal((await leases()).length, 2)
    assert.equal((await lab.json<Forked>('checkpoint', 'fork', 'base')).forks.length, 1)
    await stopAll()
    await deleteAll()
    await expectHonesty('fork')
  })

  it('delete is finished by the next command', async () => {
    const source = await lab.json<Lease>('warmup', '--provider', 'aws', '--class', 'tiny')
    for (let n = 1; ; n++) {
      await lab.json('checkpoint', 'create', '--id', source.id, '--name', 'doomed')
      const killed = await killedAfter(n, ['checkpoint', 'delete', 'doomed'])
      await expectHonesty(`delete, killed after call ${n}`)
      if (!killed) break
      await deleteAll()
      assert.ok(n < 60)
    }

    assert.deepEqual(await checkpoints(), [])
    await stopAll()
    await expectHonesty('delete')
  })
})
