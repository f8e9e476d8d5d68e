import {Ec2Error, invalidValue} from '../protocol/ec2-error.js'
import type {Params} from '../protocol/params.js'
import type {Xml} from '../protocol/xml.js'

export type Tags = Map<string, string>

const MOST = 50

/** The tags that a call wants on a new resource of a kind. */
export function tagsFor(params: Params, resourceType: string): Tags {
  const specifications = params.groups('TagSpecification')
  return readTags(specifications.filter(one => one.required('ResourceType') === resourceType))
}

/** The tags below `Tag.N` of each. */
export function readTags(specifications: readonly Params[]): Tags {
  const tags: Tags = new Map()
  for (const tag of specifications.flatMap(one => one.groups('Tag'))) {
    const key = tag.required('Key')
    if (tags.has(key)) throw invalidValue(`Duplicate tag key '${key}' specified.`)
    checkTag(key, tag.text('Value') ?? '')
    tags.set(key, tag.text('Value') ?? '')
  }

  if (tags.size > MOST) throw tooMany()
  return tags
}

export function addTags(tags: Tags, more: Tags): void {
  if (new Set([...tags.keys(), ...more.keys()]).size > MOST) throw tooMany()
  for (const [key, value] of more) tags.set(key, value)
}

export const tagSet = (tags: Tags): Xml => [...tags].map(([key, value]) => ({key, value}))

function checkTag(key: string, value: string): void {
  if (key.startsWith('aws:')) throw invalidValue("Tag keys starting with 'aws:' are reserved for internal use")
  if (key.length > 127) throw invalidValue(`Tag key exceeds the maximum length of 127 characters`)
  if (value.length > 255) throw invalidValue(`Tag value exceeds the maximum length of 255 characters`)
}

const tooMany = (): Ec2Error =>
  new Ec2Error('TagLimitExceeded', 'The maximum number of tags for a resource has been reached.')
