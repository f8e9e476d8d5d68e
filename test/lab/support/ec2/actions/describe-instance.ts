import type {Region} from '../account/region.js'
import type {Instance, InstanceState} from '../account/resources.js'
import {tagSet} from '../account/tags.js'
import type {Xml} from '../protocol/xml.js'

const CODES: Readonly<Record<InstanceState, number>> = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
}

/** A state as EC2 names and numbers it. */
export const describeState = (state: InstanceState): Xml => ({code: CODES[state], name: state})

export function describeInstance(region: Region, instance: Instance): Xml {
  const gone = instance.state === 'terminated'
  const volume = region.volumes.get(instance.volume)
  const groupSet = instance.groups.map(id => ({groupId: id, groupName: region.groups.get(id)?.name}))
  const ebs = {volumeId: instance.volume, status: 'attached', attachTime: instance.launched, deleteOnTermination: true}
  return {
    instanceId: instance.id,
    imageId: instance.image,
    instanceState: describeState(instance.state),
    instanceType: instance.type,
    architecture: instance.architecture,
    keyName: instance.key,
    clientToken: instance.token,
    launchTime: instance.launched,
    placement: {availabilityZone: region.zone, tenancy: 'default'},
    vpcId: gone ? undefined : instance.vpc,
    subnetId: gone ? undefined : instance.subnet,
    privateIpAddress: gone ? undefined : instance.address,
    // It comes with the machine and goes with it.
    ipAddress: instance.state === 'running' ? instance.address : undefined,
    groupSet,
    stateReason: instance.reason === undefined ? undefined : {...instance.reason},
    reason: instance.reason?.message,
    rootDeviceType: 'ebs',
    rootDeviceName: '/dev/sda1',
    blockDeviceMapping: volume === undefined ? [] : [{deviceName: '/dev/sda1', ebs}],
    virtualizationType: 'hvm',
    instanceLifecycle: instance.spot === undefined ? undefined : 'spot',
    spotInstanceRequestId: instance.spot,
    tagSet: tagSet(instance.tags),
  }
}
