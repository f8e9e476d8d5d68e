import {newId} from '../account/ids.js'
import {INSTANCE_TYPES} from '../account/instance-types.js'
import {enqueueInBackground} from '../account/instance-work.js'
import {ACCOUNT, find, type Region} from '../account/region.js'
import type {Image, Instance} from '../account/resources.js'
import {tagsFor} from '../account/tags.js'
import {Ec2Error, invalidValue, notFound} from '../protocol/ec2-error.js'
import type {Params} from '../protocol/params.js'
import type {Action, Body} from './action.js'
import {describeInstance} from './describe-instance.js'
import {imageState} from './describe-image.js'
import {placementOf} from './placement.js'
import {rootVolume} from './root-volume.js'

const MOST_USER_DATA = 16_384

/** Launches one instance. The same token with the same parameters answers the same instance. */
export const RunInstances: Action = (region, params) => {
  const token = params.text('ClientToken')
  const call = JSON.stringify(Object.entries(params.flat).sort())
  const known = token === undefined ? undefined : region.tokens.get(token)
  if (known !== undefined && known.call !== call)
    throw new Ec2Error(
      'IdempotentParameterMismatch',
      'Arguments on this idempotent request are inconsistent with arguments used in previous request(s).',
    )
  if (known !== undefined) return () => reservation(region, known.instance)

  const {instance, launch} = prepare(region, params, token)
  return () => {
    if (token !== undefined) region.tokens.set(token, {call, instance})
    launch()
    return reservation(region, instance)
  }
}

function prepare(region: Region, params: Params, token: string | undefined): {instance: Instance; launch: () => void} {
  if (params.required('MinCount') !== '1' || params.required('MaxCount') !== '1')
    throw invalidValue('This endpoint launches one instance at a time')
  const image = usableImage(region, params.required('ImageId'))
  const type = typeFor(image, params.text('InstanceType') ?? 'm1.small')
  const publicKeys = publicKeysOf(region, params)
  const userData = userDataOf(params)
  const {vpc, groups} = placementOf(region, params)
  const volume = rootVolume(params, image)
  const spot = params.text('InstanceMarketOptions.MarketType') === 'spot' ? newId('sir') : undefined
  const tags = tagsFor(params, 'instance')
  if (!region.settings.capacity(type)) throw noCapacity(type, region.zone)
  const instance: Instance = {
    ...{id: newId('i'), reservation: newId('r'), image: image.id, type, architecture: image.architecture},
    ...{key: params.text('KeyName'), token, spot, vpc: vpc.id, subnet: vpc.subnet, groups, tags},
    ...{launched: new Date(), volume: volume.id, state: 'pending', address: region.machines.newAddress()},
    ...{hidden: region.settings.hidden, work: Promise.resolve()},
  }
  const launch = (): void => {
    region.instances.set(instance.id, instance)
    region.volumes.set(volume.id, volume)
    enqueueInBackground(region, instance, async () => {
      if (instance.state !== 'pending') return
      const {id, address} = instance
      await region.machines.launch({id, image: image.docker, address, userData, publicKeys})
      if (isPending(instance)) instance.state = 'running'
    })
  }
  return {instance, launch}
}

/** Asked anew, for it may have been terminated while it was made. */
const isPending = ({state}: Instance): boolean => state === 'pending'

const reservation = (region: Region, instance: Instance): Body => ({
  reservationId: instance.reservation,
  ownerId: ACCOUNT,
  groupSet: [],
  instancesSet: [describeInstance(region, instance)],
})

function usableImage(region: Region, id: string): Image {
  const image = find('image', region.images, id)
  if (imageState(image) === 'available') return image
  throw new Ec2Error('InvalidAMIID.Unavailable', `The image ID '${id}' is not available`)
}

function typeFor(image: Image, name: string): string {
  const type = INSTANCE_TYPES.get(name)
  if (type === undefined) throw invalidValue(`Invalid value '${name}' for InstanceType.`)
  if (type.architecture === image.architecture) return name
  throw invalidValue(
    `The architecture '${type.architecture}' of the specified instance type does not match the architecture '${image.architecture}' of the specified AMI.`,
  )
}

function publicKeysOf(region: Region, params: Params): string[] {
  const name = params.text('KeyName')
  if (name === undefined) return []
  const key = [...region.keys.values()].find(one => one.name === name)
  if (key === undefined) throw notFound('key', name)
  return [key.publicKey]
}

function userDataOf(params: Params): Buffer {
  const text = params.text('UserData') ?? ''
  const data = Buffer.from(text, 'base64')
  if (data.toString('base64').replace(/=+$/, '') !== text.replace(/=+$/, ''))
    throw new Ec2Error('InvalidUserData.Malformed', 'Invalid BASE64 encoding of user data.')
  if (data.length > MOST_USER_DATA) throw invalidValue(`User data is limited to ${MOST_USER_DATA} bytes`)
  return data
}

const noCapacity = (type: string, zone: string): Ec2Error =>
  new Ec2Error(
    'InsufficientInstanceCapacity',
    `We currently do not have sufficient ${type} capacity in the Availability Zone you requested (${zone}).`,
  )
