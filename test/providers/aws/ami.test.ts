import assert from 'node:assert/strict'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import type {Stored} from '../../../src/core/checkpoint.js'
import {newCheckpointId} from '../../../src/core/ids.js'
import type {MachineChoice} from '../../../src/core/lease.js'
import {awsAmi} from '../../../src/providers/aws/ami/index.js'
import {openPromoted} from '../../../src/state/promoted.js'
import {prepareStateDir} from '../../../src/state/paths.js'
import {checkpointDraft} from '../../../src/testing/records.js'
import {defaultGroup, ec2Wire, imagesSet, REGION, snapshotSet} from './support/ec2-wire.js'
import {artifactOf, leaseOf, requestOf} from './support/lease.js'

const done = '<return>true</return>'
const lease = leaseOf('aws', {region: REGION, instance: 'i-0aaa'})

describe('the image of a checkpoint', () => {
  const wire = ec2Wire()
  let stateDir: string
  let checkpoint: Stored<'aws-ami'>
  let ours: Record<string, string>
  beforeEach(async () => {
    stateDir = mkdtempSync(join(tmpdir(), 'crabbox-aws-'))
    await prepareStateDir(stateDir)
    checkpoint = {
      ...checkpointDraft(newCheckpointId(), lease),
      state: 'ready',
      tier: 'aws-ami',
      artifact: artifactOf(REGION, lease),
    }
    ours = {'crabbox:checkpoint': checkpoint.id}
    wire.answer('DescribeImages', imagesSet({tags: ours}))
    wire.answer('DescribeSnapshots', snapshotSet({id: 'snap-0aaa', tags: ours}))
    wire.answer('DescribeSecurityGroups', defaultGroup('111122223333'))
    wire.answer('DeregisterImage', done)
    wire.answer('DeleteSnapshot', done)
  })
  afterEach(() => rmSync(stateDir, {recursive: true}))
  const context = (): ReturnType<typeof wire.context> => wire.context(stateDir)

  describe('deleted', () => {
    it('is deregistered, and then every snapshot goes: those of the record and those of the tag', async () => {
      wire.answer('DescribeSnapshots', ({params}) =>
        params['Filter.1.Name'] === 'snapshot-id'
          ? snapshotSet({id: 'snap-0aaa', tags: ours})
          : snapshotSet({id: 'snap-0aaa', tags: ours}, {id: 'snap-0leaked', tags: ours}),
      )
      await awsAmi.delete(checkpoint, context())
      assert.deepEqual(
        wire.calls
          .filter(({action}) => !action.startsWith('Describe'))
          .map(({action, params}) => [action, params['ImageId'] ?? params['SnapshotId']]),
        [
          ['DeregisterImage', 'ami-0aaa'],
          ['DeleteSnapshot', 'snap-0aaa'],
          ['DeleteSnapshot', 'snap-0leaked'],
        ],
      )
    })

    it('loses its snapshots also when the image is gone already, as after an interruption', async () => {
      wire.answer('DescribeImages', ({params}) =>
        params['ImageId.1'] === undefined ? imagesSet() : {code: 'InvalidAMIID.NotFound'},
      )
      await awsAmi.delete(checkpoint, context())
      assert.deepEqual(wire.callsOf('DeregisterImage'), [])
      assert.equal(wire.callsOf('DeleteSnapshot').length, 1)
    })

    it('is a success when a snapshot is gone, and patient when it is in use', async () => {
      wire.answer('DeleteSnapshot', {code: 'InvalidSnapshot.InUse'}, {code: 'InvalidSnapshot.NotFound'})
      await awsAmi.delete(checkpoint, context())
      assert.equal(wire.callsOf('DeleteSnapshot').length, 2)
    })

    it('is left alone when it bears another mark, or none', async () => {
      for (const tags of [{}, {'crabbox:checkpoint': 'chk_0000000000000000'}]) {
        wire.answer('DescribeImages', imagesSet({tags}))
        await assert.rejects(awsAmi.delete(checkpoint, context()), {code: 'AWS_NOT_OURS'})
      }

      assert.deepEqual(
        wire.calls.filter(({action}) => !action.startsWith('Describe')),
        [],
      )
    })

    it("takes no snapshot that is somebody else's", async () => {
      wire.answer('DescribeSnapshots', snapshotSet({id: 'snap-0aaa', tags: {}}))
      await assert.rejects(awsAmi.delete(checkpoint, context()), {code: 'AWS_NOT_OURS'})
      assert.deepEqual([...wire.callsOf('DeleteSnapshot'), ...wire.callsOf('DeregisterImage')], [])
    })

    it('is found by its tag when the answer that named it was lost', async () => {
      wire.answer('DescribeImages', imagesSet({id: 'ami-0lost', snapshot: 'snap-0lost', tags: ours}))
      wire.answer('DescribeSnapshots', snapshotSet({id: 'snap-0lost', tags: ours}))
      const {artifact} = checkpoint
      await awsAmi.delete({...checkpoint, artifact: {...artifact, imageId: null, snapshotIds: []}}, context())
      assert.equal(wire.callsOf('DeregisterImage')[0]?.params['ImageId'], 'ami-0lost')
      assert.equal(wire.callsOf('DeleteSnapshot')[0]?.params['SnapshotId'], 'snap-0lost')
    })

    it('is not taken for gone with the credentials of another account', async () => {
      wire.answer('DescribeImages', ({params}) =>
        params['ImageId.1'] === undefined ? imagesSet() : {code: 'InvalidAMIID.NotFound'},
      )
      wire.answer('DescribeSecurityGroups', defaultGroup('999900001111'))
      await assert.rejects(awsAmi.delete(checkpoint, context()), {code: 'AWS_OTHER_ACCOUNT', kind: 'config'})
      await assert.rejects(async () => awsAmi.refresh?.(checkpoint, context()), {code: 'AWS_OTHER_ACCOUNT'})
    })

    it('is looked for again when it was made a moment ago and is not shown yet', async () => {
      const {artifact} = checkpoint
      wire.answer('DescribeImages', imagesSet(), imagesSet(), imagesSet({tags: ours}))
      await awsAmi.delete({...checkpoint, artifact: {...artifact, imageId: null, snapshotIds: []}}, context())
      assert.equal(wire.callsOf('DeregisterImage').length, 1)
      assert.equal(wire.callsOf('DeleteSnapshot').length, 1)
    })

    it('is refused while it is promoted, here or by a tag', async () => {
      wire.answer('DescribeImages', imagesSet({tags: {...ours, 'crabbox:promoted-by:me@there': 'true'}}))
      await assert.rejects(async () => awsAmi.refuseDelete?.(checkpoint, context()), {
        code: 'IMAGE_PROMOTED',
        kind: 'busy',
      })
      wire.answer('DescribeImages', imagesSet({tags: ours}))
      await awsAmi.refuseDelete?.(checkpoint, context())
      await openPromoted(stateDir).transact(
        rows =>
          void rows.set('ami-0aaa', {
            id: 'ami-0aaa',
            provider: 'aws',
            region: REGION,
            architecture: 'x86_64',
            checkpoint: checkpoint.id,
            promotedAt: '',
          }),
      )
      await assert.rejects(async () => awsAmi.refuseDelete?.(checkpoint, context()), {code: 'IMAGE_PROMOTED'})
    })
  })

  describe('on its way', () => {
    const refresh = async (): Promise<unknown[]> => {
      const found = await awsAmi.refresh?.(checkpoint, context())
      return [found?.state, found?.percent, found?.failure]
    }

    it('is cut, with the percentage of its snapshots', async () => {
      wire.answer('DescribeImages', imagesSet({state: 'pending', tags: ours}))
      wire.answer('DescribeSnapshots', snapshotSet({id: 'snap-0aaa', state: 'pending', progress: '45%'}))
      assert.deepEqual(await refresh(), ['cut', 45, null])
    })

    it('is cut while EC2 does not show it yet, and failed when it has not for long', async () => {
      wire.answer('DescribeImages', {code: 'InvalidAMIID.NotFound'})
      assert.deepEqual(await refresh(), ['cut', null, null])
      checkpoint = {...checkpoint, createdAt: new Date(Date.now() - 3_600_000).toISOString()}
      const [state] = await refresh()
      assert.equal(state, 'failed')
    })

    it('has failed with the reason that EC2 gives', async () => {
      wire.answer('DescribeImages', imagesSet({state: 'failed', reason: 'the volume was too large', tags: ours}))
      assert.deepEqual(await refresh(), ['failed', 100, 'the volume was too large'])
    })

    it('keeps the snapshots that were known', async () => {
      wire.answer('DescribeImages', imagesSet({state: 'failed', snapshot: '', tags: ours}))
      const found = await awsAmi.refresh?.(checkpoint, context())
      assert.deepEqual(found?.artifact.snapshotIds, ['snap-0aaa'])
    })

    it('has a size and a price when it is there', async () => {
      const found = await awsAmi.refresh?.(checkpoint, context())
      assert.equal(found?.state, 'ready')
      assert.deepEqual(found.sizes, {content: 8 * 1024 ** 3, stored: 2 * 1024 ** 3, entries: 0})
      const cost = awsAmi.cost?.({...checkpoint, sizes: found.sizes})
      assert.equal(cost?.usdPerMonth, 0.1)
      assert.match(cost.source, /aws\.amazon\.com/)
    })
  })

  it('is verified by what a fork needs', async () => {
    const problems = async (): Promise<readonly string[]> => (await awsAmi.verify(checkpoint, context())).problems
    assert.deepEqual(await problems(), [])
    wire.answer('DescribeSnapshots', snapshotSet())
    assert.deepEqual(await problems(), ['the snapshot snap-0aaa is gone'])
    wire.answer('DescribeImages', {code: 'InvalidAMIID.NotFound'})
    assert.deepEqual(await problems(), [`the image ami-0aaa is not in ${REGION}`, 'the snapshot snap-0aaa is gone'])
    wire.answer('DescribeImages', imagesSet({owner: '999900001111', state: 'pending'}))
    assert.equal((await problems()).length, 4)
  })

  it('is forked only in its region and account, when it is there, on its processor: nothing is started before', async () => {
    const fork = (machine: Partial<MachineChoice> = {}): Promise<unknown> =>
      awsAmi.fork(
        {
          checkpoint,
          lease: requestOf(machine),
        },
        context(),
      )
    await assert.rejects(fork({region: 'us-east-1'}), {code: 'AWS_REGION'})
    await assert.rejects(fork({type: 'c7g.large'}), {code: 'AWS_ARCHITECTURE'})
    wire.answer('DescribeImages', imagesSet({owner: '999900001111'}))
    await assert.rejects(fork(), {code: 'IMAGE_OF_OTHERS'})
    wire.answer('DescribeImages', imagesSet({state: 'pending'}))
    await assert.rejects(fork(), {code: 'IMAGE_NOT_READY'})
    wire.answer('DescribeImages', {code: 'InvalidAMIID.NotFound'})
    await assert.rejects(fork(), {code: 'IMAGE_GONE'})
    assert.deepEqual(
      wire.calls.filter(({action}) => !action.startsWith('Describe')),
      [],
    )
  })
})
