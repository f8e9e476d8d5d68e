import type {Context} from '../../core/context.js'
import {throwIfAborted, usageError} from '../../core/errors.js'
import type {LeaseRequest, Market} from '../../core/lease.js'
import type {BootImage} from './base-image.js'
import {architectureOf, typesOf, type Architecture} from './classes.js'
import type {Ec2, Input, _InstanceType} from './client.js'
import {codeOf, isNoCapacity, isQuota, wrongArchitecture} from './errors.js'
import {machineOf, type Machine} from './instances.js'
import type {LeaseKey} from './keys.js'
import type {Network} from './network.js'
import {onceShown} from './poll.js'
import type {AwsSettings} from './settings.js'
import {leaseTags} from './tags.js'
import {userData} from './user-data.js'

/** All that a machine is made of. */
export interface Launch {
  readonly request: LeaseRequest
  readonly settings: AwsSettings
  readonly image: BootImage
  readonly key: LeaseKey
  readonly keyName: string
  readonly network: Network
}

/** The processor that a lease from nothing is for: that of the type that is named. */
export function wantedArchitecture(request: Pick<LeaseRequest, 'class' | 'machine'>): Architecture {
  const type = request.machine?.type ?? null
  const architecture = type === null ? 'x86_64' : architectureOf(type)
  // A type that cannot be meant is refused before anything is asked or made.
  candidates(request, {architecture})
  return architecture
}

/** The types to try, in order. One that the user names is the only one. */
export function candidates(
  request: Pick<LeaseRequest, 'class' | 'machine'>,
  image: Pick<BootImage, 'architecture'>,
): readonly string[] {
  const type = request.machine?.type ?? null
  if (type === null) return typesOf(request.class, image.architecture)
  if (!/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/.test(type))
    throw usageError(
      'AWS_TYPE_INVALID',
      `${JSON.stringify(type)} is no instance type`,
      'Write it as AWS does, such as c7a.4xlarge.',
    )
  const architecture = architectureOf(type)
  if (architecture !== image.architecture) throw wrongArchitecture(type, architecture, image.architecture)
  return [type]
}

export const marketOf = (request: Pick<LeaseRequest, 'machine'>, settings: AwsSettings): Market =>
  request.machine?.market ?? settings.market

/**
 * Starts the machine: of the first type that EC2 has. The token makes a call that is repeated, or whose answer was lost, start
 * one machine only.
 * @throws {CrabboxError} `AWS_NO_CAPACITY`, `AWS_QUOTA` when there is none of any type
 */
export async function launch(ec2: Ec2, wish: Launch, {signal, progress}: Context): Promise<Machine> {
  const types = candidates(wish.request, wish.image)
  for (const [i, type] of types.entries()) {
    throwIfAborted(signal)
    try {
      const {Instances: [instance] = [], OwnerId = ''} = await onceShown(
        () => ec2.call('RunInstances', runInput(wish, type)),
        signal,
      )
      if (instance !== undefined) return machineOf(instance, OwnerId)
    } catch (error) {
      const next = types[i + 1]
      if ((!isNoCapacity(error) && !isQuota(codeOf(error))) || next === undefined) throw error
      progress.warn(
        isNoCapacity(error)
          ? `EC2 has no ${type} at the moment; trying ${next}`
          : `a quota of the account leaves no room for a ${type}; trying ${next}`,
      )
    }
  }

  throw new Error('EC2 answers RunInstances without a machine')
}

export function runInput(
  {request, settings, image, key, keyName, network}: Launch,
  type: string,
): Input<'RunInstances'> {
  const {group, subnet} = network
  const tags = leaseTags(request.id)
  const market = marketOf(request, settings)
  return {
    ImageId: image.id,
    InstanceType: type as _InstanceType,
    MinCount: 1,
    MaxCount: 1,
    ClientToken: `${request.id}-${type}-${market}`,
    KeyName: keyName,
    UserData: Buffer.from(userData(key)).toString('base64'),
    ...(subnet === null
      ? {SecurityGroupIds: [group]}
      : {NetworkInterfaces: [{DeviceIndex: 0, SubnetId: subnet, Groups: [group]}]}),
    ...(market === 'spot'
      ? {
          InstanceMarketOptions: {
            MarketType: 'spot',
            SpotOptions: {SpotInstanceType: 'one-time', InstanceInterruptionBehavior: 'terminate'},
          },
        }
      : {}),
    BlockDeviceMappings: [
      {
        DeviceName: image.rootDeviceName,
        Ebs: {
          VolumeType: 'gp3',
          VolumeSize: Math.max(settings.diskGb, image.size),
          Encrypted: true,
          DeleteOnTermination: true,
        },
      },
      // A volume that was attached by hand would outlive the machine.
      ...image.furtherDevices.map(DeviceName => ({DeviceName, Ebs: {Encrypted: true, DeleteOnTermination: true}})),
    ],
    MetadataOptions: {HttpTokens: 'required', HttpEndpoint: 'enabled'},
    TagSpecifications: [
      {ResourceType: 'instance', Tags: tags},
      {ResourceType: 'volume', Tags: tags},
    ],
  }
}
