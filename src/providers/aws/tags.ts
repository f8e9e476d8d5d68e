import type {CheckpointId, LeaseId} from '../../core/ids.js'
import {thisUser} from '../../core/this-user.js'
import type {Filter, Tag} from './client.js'

/** What everything bears that Crabbox makes: it touches nothing without. */
export const OURS = 'crabbox'
export const LEASE = 'crabbox:lease'
export const CHECKPOINT = 'crabbox:checkpoint'
export const OWNER = 'crabbox:owner'

/** EC2 takes 256 characters of these; others become a hyphen. */
const VALUE = 256
export const tagValue = (text: string): string => text.replaceAll(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, '-').slice(0, VALUE)

export const tagsOf = (values: Readonly<Record<string, string>>): Tag[] =>
  Object.entries(values).map(([Key, Value]) => ({Key, Value: tagValue(Value)}))

/** EC2 takes 128 characters of a key. Everybody marks an image with a key of their own, and takes back no other. */
const PROMOTED = 'crabbox:promoted-by:'
export const promotedTag = (): string => `${PROMOTED}${tagValue(thisUser())}`.slice(0, 128)
export const isPromoted = (tags: readonly Tag[] | undefined): boolean =>
  tags?.some(({Key}) => Key?.startsWith(PROMOTED) === true) ?? false

const common = (): Record<string, string> => ({[OURS]: 'true', [OWNER]: thisUser()})

/** What EC2 calls the key pair and the security group of a lease. Nobody else makes any of this name. */
export const nameOf = (lease: LeaseId): string => `crabbox-${lease}`

/** The tags of what belongs to a lease. */
export const leaseTags = (lease: LeaseId): Tag[] => tagsOf({Name: `crabbox ${lease}`, ...common(), [LEASE]: lease})

/** The tags of what belongs to a checkpoint, and what else it is to tell. */
export const checkpointTags = (checkpoint: CheckpointId, more: Readonly<Record<string, string>>): Tag[] =>
  tagsOf({Name: `crabbox ${checkpoint}`, ...common(), [CHECKPOINT]: checkpoint, ...more})

export const withTag = (key: string, value: string): Filter => ({Name: `tag:${key}`, Values: [value]})

/** What one of our tags says; null where there is none. */
export const readTag = (tags: readonly Tag[] | undefined, key: string): string | null =>
  tags?.find(tag => tag.Key === key)?.Value ?? null
