import assert from 'node:assert/strict'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import type {Checkpoint, Stored} from '../../src/core/checkpoint.js'
import type {Context} from '../../src/core/context.js'
import {newCheckpointId} from '../../src/core/ids.js'
import {ANY_MACHINE, type Lease, type LeaseRequest} from '../../src/core/lease.js'
import {silentProgress} from '../../src/core/progress.js'
import {awsAmi} from '../../src/providers/aws/ami/index.js'
import {imageTags} from '../../src/providers/aws/ami/tags.js'
import {openEc2, type Ec2} from '../../src/providers/aws/client.js'
import {release} from '../../src/providers/aws/give-back.js'
import {images} from '../../src/providers/aws/images.js'
import {machineById, type Machine} from '../../src/providers/aws/instances.js'
import {startMachine} from '../../src/providers/aws/machine.js'
import {recoverAws} from '../../src/providers/aws/recover.js'
import {prepareStateDir} from '../../src/state/paths.js'
import {checkpointDraft} from '../../src/testing/records.js'
import {IDENTITY, leaseOf, requestOf} from '../providers/aws/support/lease.js'
import {setVariables} from '../support/environment.js'
import {hasMoto, startMoto, type Moto} from './support/moto.js'

/** One of the images that moto has: an Ubuntu of 2017. */
const IMAGE = {
  id: 'ami-1e749f67',
  architecture: 'x86_64',
  rootDeviceName: '/dev/sda1',
  size: 15,
  furtherDevices: [],
} as const

describe('EC2 as moto has it', function () {
  if (!hasMoto()) {
    it('is where PyPI is reached', function () {
      this.skip()
    })
    return
  }

  let restore = (): void => undefined
  let moto: Moto
  let stateDir: string
  let context: Context
  let ec2: Ec2
  let request: LeaseRequest
  let lease: Lease
  let machine: Machine
  beforeEach(async () => {
    moto = await startMoto()
    restore = setVariables({
      AWS_ENDPOINT_URL_EC2: moto.endpoint,
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 'b',
    })
    stateDir = mkdtempSync(join(tmpdir(), 'crabbox-moto-'))
    await prepareStateDir(stateDir)
    const settings = {region: 'eu-central-1', sshFrom: '203.0.113.7/32'}
    context = {stateDir, signal: new AbortController().signal, progress: silentProgress, settings: async () => settings}
    ec2 = await openEc2(null, context)
    request = requestOf()
    machine = await startMachine(ec2, request, async () => IMAGE, context)
    lease = leaseOf('aws', {region: ec2.region, instance: machine.id}, request)
  })
  afterEach(async () => {
    restore()
    rmSync(stateDir, {recursive: true})
    await moto.close()
  })

  const kinds = async (): Promise<string[]> =>
    (await recoverAws(ANY_MACHINE, context)).resources.map(({kind}) => kind).sort()

  it('starts a machine with a key and a group of its own, and takes all of it back', async () => {
    const found = await machineById(ec2, machine.id)
    assert.deepEqual([found?.lease, found?.type, found?.state], [request.id, 'm7a.large', 'running'])
    assert.deepEqual(await kinds(), ['instance', 'key pair', 'security group'])
    await release(ec2, lease, context)
    assert.deepEqual(await kinds(), [])
    await release(ec2, lease, context)
  })

  it('makes a record again of an image, verifies it, and deletes it with its snapshots', async () => {
    const checkpoint = await makeImage()
    assert.equal(checkpoint.lease.id, request.id)
    assert.deepEqual((await awsAmi.verify(checkpoint, context)).problems, [])
    const found = await awsAmi.refresh?.(checkpoint, context)
    assert.equal(found?.state, 'ready')
    await awsAmi.delete(checkpoint, context)
    assert.deepEqual(await kinds(), ['instance', 'key pair', 'security group'])
    await awsAmi.delete(checkpoint, context)
    assert.notDeepEqual((await awsAmi.verify(checkpoint, context)).problems, [])
  })

  it('keeps a promoted image from being deleted', async () => {
    const checkpoint = await makeImage()
    const promoted = await images.promote(checkpoint.artifact.imageId ?? '', checkpoint.id, ANY_MACHINE, context)
    await assert.rejects(async () => awsAmi.refuseDelete?.(checkpoint, context), {code: 'IMAGE_PROMOTED'})
    await images.demote(promoted, context)
    await awsAmi.refuseDelete?.(checkpoint, context)
  })

  /** moto has no machine that could be saved, and takes no tags for the snapshots of a new image. */
  async function makeImage(): Promise<Stored<'aws-ami'>> {
    const about = checkpointDraft(newCheckpointId(), lease)
    const tags = imageTags(about, lease.workRoot, IDENTITY)
    const {ImageId = ''} = await ec2.call('CreateImage', {
      InstanceId: machine.id,
      Name: `crabbox-${about.id}`,
      TagSpecifications: [{ResourceType: 'image', Tags: tags}],
    })
    const {Images: [image] = []} = await ec2.call('DescribeImages', {ImageIds: [ImageId]})
    const snapshots = (image?.BlockDeviceMappings ?? []).flatMap(({Ebs}) => Ebs?.SnapshotId ?? [])
    await ec2.call('CreateTags', {Resources: snapshots, Tags: tags})
    const [checkpoint] = (await recoverAws(ANY_MACHINE, context)).checkpoints
    return stored(checkpoint)
  }
})

function stored(checkpoint: Checkpoint | undefined): Stored<'aws-ami'> {
  assert.ok(checkpoint?.tier === 'aws-ami' && checkpoint.artifact !== null)
  return {...checkpoint, artifact: checkpoint.artifact}
}
