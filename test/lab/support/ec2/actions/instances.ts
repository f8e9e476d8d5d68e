import {ACCOUNT, find, see, type Region} from '../account/region.js'
import type {Instance} from '../account/resources.js'
import {passes} from '../protocol/filters.js'
import {page} from '../protocol/page.js'
import type {Action} from './action.js'
import {describeInstance} from './describe-instance.js'

export const DescribeInstances: Action = (region, params) => () => {
  const found = see('instance', region.instances, params.texts('InstanceId')).filter(instance =>
    passes(params, fieldsOf(instance), instance.tags),
  )
  return page(
    params,
    'reservationSet',
    found.map(instance => ({
      reservationId: instance.reservation,
      ownerId: ACCOUNT,
      groupSet: [],
      instancesSet: [describeInstance(region, instance)],
    })),
  )
}

export const GetConsoleOutput: Action = (region, params) => {
  const instance = find('instance', region.instances, params.required('InstanceId'))
  return async () => {
    const text = instance.console ?? (await consoleOf(region, instance))
    const output = Buffer.from(text.slice(-65_536)).toString('base64')
    return {instanceId: instance.id, timestamp: new Date(), output}
  }
}

/** A machine that is not there yet has said nothing. */
const consoleOf = (region: Region, {id}: Instance): Promise<string> => region.machines.console(id).catch(() => '')

const fieldsOf = (instance: Instance): Record<string, string | readonly string[] | undefined> => ({
  'instance-id': instance.id,
  'instance-state-name': instance.state,
  'instance-type': instance.type,
  'image-id': instance.image,
  'key-name': instance.key,
  'client-token': instance.token,
  'vpc-id': instance.vpc,
  'subnet-id': instance.subnet,
  'instance.group-id': instance.groups,
  'ip-address': instance.state === 'running' ? instance.address : undefined,
  'private-ip-address': instance.address,
  'instance-lifecycle': instance.spot === undefined ? undefined : 'spot',
  architecture: instance.architecture,
  'reservation-id': instance.reservation,
})
