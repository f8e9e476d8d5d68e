import {newId} from '../account/ids.js'
import {enqueue} from '../account/instance-work.js'
import {ACCOUNT, find, type Region} from '../account/region.js'
import type {Image, Instance, Snapshot} from '../account/resources.js'
import {tagsFor} from '../account/tags.js'
import {Ec2Error} from '../protocol/ec2-error.js'
import type {Action} from './action.js'

/** The disk is saved when the call is answered, while the image says for some looks at it that it is pending. */
export const CreateImage: Action = (region, params) => {
  const instance = find('instance', region.instances, params.required('InstanceId'))
  const name = params.required('Name')
  checkName(region, name)
  if (instance.state !== 'running' && instance.state !== 'stopped')
    throw new Ec2Error('IncorrectState', `Instance '${instance.id}' is not 'running' or 'stopped'`)
  const description = params.text('Description') ?? ''
  const tags = {image: tagsFor(params, 'image'), snapshot: tagsFor(params, 'snapshot')}
  return async () => {
    const id = newId('ami')
    const volume = region.volumes.get(instance.volume)
    const both = {owner: ACCOUNT, description, size: volume?.size ?? 8}
    const image: Image = {
      ...{...both, id, name, architecture: instance.architecture, created: new Date(), tags: tags.image},
      ...{snapshot: newId('snap'), docker: `crabbox-lab-image:${id}`, failure: region.settings.imageFailures.shift()},
      // Not before its disk is there.
      polls: {left: Infinity, all: region.settings.imagePolls},
      snapshotPolls: region.settings.snapshotPolls,
      hidden: region.settings.hidden,
    }
    region.images.set(id, image)
    const bytes = await save(region, instance, image.docker, params.flag('NoReboot')).catch((error: unknown) => {
      region.images.delete(id)
      throw error
    })
    const snapshot: Snapshot = {
      ...{...both, id: image.snapshot, tags: tags.snapshot, bytes, started: image.created, image},
      description: `Created by CreateImage(${instance.id}) for ${id}`,
      encrypted: volume?.encrypted ?? false,
    }
    region.snapshots.set(snapshot.id, snapshot)
    image.polls.left = image.polls.all
    return {imageId: id}
  }
}

function checkName(region: Region, name: string): void {
  if (!/^[\w ()[\]./'@-]{3,128}$/.test(name))
    throw new Ec2Error(
      'InvalidAMIName.Malformed',
      "AMI names must be between 3 and 128 characters long, and may contain letters, numbers, '(', ')', '.', '-', '/' and '_'",
    )
  const other = [...region.images.values()].find(image => image.owner === ACCOUNT && image.name === name)
  if (other !== undefined)
    throw new Ec2Error('InvalidAMIName.Duplicate', `AMI name ${name} is already in use by AMI ${other.id}`)
}

/** EC2 reboots an instance for an image of it, unless it must not: in the meantime it says `running` all the same. */
async function save(region: Region, instance: Instance, docker: string, noReboot: boolean): Promise<number> {
  let bytes = 0
  await enqueue(instance, async () => {
    const stop = instance.state === 'running' && !noReboot
    if (stop) await region.machines.stop(instance.id)
    bytes = await region.machines.commit(instance.id, docker)
    if (stop) await region.machines.start(instance.id)
  })
  return bytes
}
