import {enqueueInBackground, terminate} from '../account/instance-work.js'
import {find, type Region} from '../account/region.js'
import type {Instance, InstanceState} from '../account/resources.js'
import {Ec2Error, missingParameter} from '../protocol/ec2-error.js'
import type {Params} from '../protocol/params.js'
import type {Action, Body} from './action.js'
import {describeState} from './describe-instance.js'
import {groupsIn} from './placement.js'

export const StopInstances: Action = (region, params) => {
  const instances = instancesIn(region, params, ['pending', 'running', 'stopping', 'stopped'], 'stopped')
  const spot = instances.find(instance => instance.spot !== undefined)
  if (spot !== undefined)
    throw new Ec2Error(
      'UnsupportedOperation',
      `You can't stop the Spot Instance '${spot.id}' because it is associated with a one-time Spot Instance request.`,
    )
  return () =>
    changing(instances, instance => {
      if (instance.state === 'stopping' || instance.state === 'stopped') return
      instance.state = 'stopping'
      instance.reason = {
        code: 'Client.UserInitiatedShutdown',
        message: 'Client.UserInitiatedShutdown: User initiated shutdown',
      }
      enqueueInBackground(region, instance, async () => {
        await region.machines.stop(instance.id)
        move(instance, 'stopping', 'stopped')
      })
    })
}

export const StartInstances: Action = (region, params) => {
  const instances = instancesIn(region, params, ['pending', 'running', 'stopped'], 'started')
  return () =>
    changing(instances, instance => {
      if (instance.state !== 'stopped') return
      instance.state = 'pending'
      delete instance.reason
      instance.address = region.machines.newAddress()
      enqueueInBackground(region, instance, async () => {
        await region.machines.start(instance.id, instance.address)
        move(instance, 'pending', 'running')
      })
    })
}

export const RebootInstances: Action = (region, params) => {
  const instances = instancesIn(region, params, ['running'], 'rebooted')
  return () => {
    for (const instance of instances)
      enqueueInBackground(region, instance, async () => {
        if (instance.state === 'running') await region.machines.reboot(instance.id)
      })
    return {return: true}
  }
}

export const TerminateInstances: Action = (region, params) => {
  const all: InstanceState[] = ['pending', 'running', 'stopping', 'stopped', 'shutting-down', 'terminated']
  const instances = instancesIn(region, params, all, 'terminated')
  return () =>
    changing(instances, instance =>
      terminate(region, instance, {
        code: 'Client.UserInitiatedShutdown',
        message: 'Client.UserInitiatedShutdown: User initiated shutdown',
      }),
    )
}

export const ModifyInstanceAttribute: Action = (region, params) => {
  const instance = find('instance', region.instances, params.required('InstanceId'))
  const ids = params.texts('GroupId')
  if (ids.length === 0) throw missingParameter('GroupId')
  if (instance.state === 'terminated') throw wrongState(instance.id, 'modified')
  const groups = groupsIn(region, instance.vpc, ids)
  return () => {
    instance.groups = groups
    return {return: true}
  }
}

function instancesIn(region: Region, params: Params, states: readonly InstanceState[], done: string): Instance[] {
  const ids = params.texts('InstanceId')
  if (ids.length === 0) throw missingParameter('InstanceId')
  const instances = ids.map(id => find('instance', region.instances, id))
  const other = instances.find(({state}) => !states.includes(state))
  if (other !== undefined) throw wrongState(other.id, done)
  return instances
}

/** Changes the state of each, and answers what it was and what it is. */
function changing(instances: readonly Instance[], change: (instance: Instance) => void): Body {
  const changes = instances.map(instance => {
    const previousState = describeState(instance.state)
    change(instance)
    return {instanceId: instance.id, currentState: describeState(instance.state), previousState}
  })
  return {instancesSet: changes}
}

/** Unless something else has happened to it in the meantime. */
function move(instance: Instance, from: InstanceState, to: InstanceState): void {
  if (instance.state === from) instance.state = to
}

const wrongState = (id: string, done: string): Ec2Error =>
  new Ec2Error('IncorrectInstanceState', `The instance '${id}' is not in a state from which it can be ${done}.`)
