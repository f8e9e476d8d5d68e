import {find, type Region} from '../account/region.js'
import {addTags, readTags, type Tags} from '../account/tags.js'
import {Ec2Error, missingParameter} from '../protocol/ec2-error.js'
import type {Params} from '../protocol/params.js'
import type {Action} from './action.js'

export const CreateTags: Action = (region, params) => {
  const resources = tagsOfResources(region, params)
  const tags = readTags([params])
  if (tags.size === 0) throw missingParameter('Tag')
  for (const one of resources) addTags(new Map(one), tags)
  return () => {
    for (const one of resources) addTags(one, tags)
    return {return: true}
  }
}

/** A tag goes if it has the value that the call names, or whatever its value is if it names none. */
export const DeleteTags: Action = (region, params) => {
  const resources = tagsOfResources(region, params)
  const unwanted = params.groups('Tag').map(tag => ({key: tag.required('Key'), value: tag.text('Value')}))
  return () => {
    for (const tags of resources) {
      if (unwanted.length === 0) tags.clear()
      for (const {key, value} of unwanted) if (value === undefined || tags.get(key) === value) tags.delete(key)
    }

    return {return: true}
  }
}

function tagsOfResources(region: Region, params: Params): Tags[] {
  const ids = params.texts('ResourceId')
  if (ids.length === 0) throw missingParameter('ResourceId')
  return ids.map(id => tagsOf(region, id))
}

function tagsOf(region: Region, id: string): Tags {
  switch (id.split('-')[0]) {
    case 'i':
      return find('instance', region.instances, id).tags
    case 'ami':
      return find('image', region.images, id).tags
    case 'snap':
      return find('snapshot', region.snapshots, id).tags
    case 'vol':
      return find('volume', region.volumes, id).tags
    case 'key':
      return find('key', region.keys, id).tags
    case 'sg':
      return find('group', region.groups, id).tags
    case 'sgr':
      return find('group', region.rules, id).tags
    default:
      throw new Ec2Error('InvalidID', `The ID '${id}' is not valid`)
  }
}
