import type {Context} from '../../core/context.js'
import {isCheckpointId, isLeaseId} from '../../core/ids.js'
import type {MachineChoice} from '../../core/lease.js'
import type {Recovered, Resource} from '../../core/recovered.js'
import {recordOf} from './ami/tags.js'
import {openEc2, type Tag} from './client.js'
import {isGone, machineOf} from './instances.js'
import {CHECKPOINT, LEASE, OURS, OWNER, readTag, withTag} from './tags.js'

/** What a region holds that bears our mark. */
export async function recoverAws({region}: MachineChoice, context: Context): Promise<Recovered> {
  const ec2 = await openEc2(region, context)
  const Filters = [withTag(OURS, 'true')]
  const mine = {OwnerIds: ['self'], Filters}
  const [images, snapshots, instances, keys, groups] = await Promise.all([
    ec2.call('DescribeImages', {Owners: ['self'], Filters}),
    ec2.call('DescribeSnapshots', mine),
    ec2.call('DescribeInstances', {Filters}),
    ec2.call('DescribeKeyPairs', {Filters}),
    ec2.call('DescribeSecurityGroups', {Filters}),
  ])
  const resource = (kind: string, id: string | undefined, tags: readonly Tag[] | undefined): Resource[] =>
    id === undefined ? [] : [{kind, id, region: ec2.region, ...belongings(tags)}]
  const live = (instances.Reservations ?? [])
    .flatMap(({Instances = []}) => Instances)
    .filter(instance => !isGone(machineOf(instance, '')))
  return {
    checkpoints: (images.Images ?? []).flatMap(image => recordOf(image, ec2.region) ?? []),
    resources: [
      ...live.flatMap(({InstanceId, Tags}) => resource('instance', InstanceId, Tags)),
      ...(images.Images ?? []).flatMap(({ImageId, Tags}) => resource('image', ImageId, Tags)),
      ...(snapshots.Snapshots ?? []).flatMap(({SnapshotId, Tags}) => resource('snapshot', SnapshotId, Tags)),
      ...(keys.KeyPairs ?? []).flatMap(({KeyName, Tags}) => resource('key pair', KeyName, Tags)),
      ...(groups.SecurityGroups ?? []).flatMap(({GroupId, Tags}) => resource('security group', GroupId, Tags)),
    ],
  }
}

function belongings(tags: readonly Tag[] | undefined): Pick<Resource, 'lease' | 'checkpoint' | 'owner'> {
  const [lease, checkpoint] = [readTag(tags, LEASE), readTag(tags, CHECKPOINT)]
  return {
    lease: lease !== null && isLeaseId(lease) ? lease : null,
    checkpoint: checkpoint !== null && isCheckpointId(checkpoint) ? checkpoint : null,
    owner: readTag(tags, OWNER),
  }
}
