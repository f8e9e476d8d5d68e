import {ACCOUNT, find} from '../account/region.js'
import type {ImageState, Snapshot} from '../account/resources.js'
import {tagSet} from '../account/tags.js'
import {Ec2Error} from '../protocol/ec2-error.js'
import {passes, type Fields} from '../protocol/filters.js'
import {page} from '../protocol/page.js'
import type {Xml} from '../protocol/xml.js'
import type {Action} from './action.js'
import {imageState} from './describe-image.js'

export const DescribeSnapshots: Action = (region, params) => {
  const owners = params.texts('Owner').map(owner => (owner === 'self' ? ACCOUNT : owner))
  const ids = params.texts('SnapshotId')
  const all = ids.length > 0 ? ids.map(id => find('snapshot', region.snapshots, id)) : [...region.snapshots.values()]
  const found = all
    .filter(({owner}) => owners.length === 0 || owners.includes(owner))
    .filter(snapshot => passes(params, fieldsOf(snapshot), snapshot.tags))
  return () => {
    const answer = page(params, 'snapshotSet', found.map(describe))
    for (const {image} of found) image.polls.left--
    return answer
  }
}

export const DeleteSnapshot: Action = (region, params) => {
  const {id, owner} = find('snapshot', region.snapshots, params.required('SnapshotId'))
  if (owner !== ACCOUNT) throw new Ec2Error('AuthFailure', `Not authorized for snapshot:${id}`)
  const user = [...region.images.values()].find(({snapshot}) => snapshot === id)
  if (user !== undefined)
    throw new Ec2Error('InvalidSnapshot.InUse', `The snapshot ${id} is currently in use by ${user.id}`)
  return () => {
    region.snapshots.delete(id)
    return {return: true}
  }
}

const STATES: Readonly<Record<ImageState, string>> = {pending: 'pending', available: 'completed', failed: 'error'}

const stateOf = ({image}: Snapshot): string => STATES[imageState(image)]

const describe = (snapshot: Snapshot): Xml => ({
  snapshotId: snapshot.id,
  volumeId: 'vol-ffffffff',
  ownerId: snapshot.owner,
  status: stateOf(snapshot),
  statusMessage: stateOf(snapshot) === 'error' ? snapshot.image.failure : undefined,
  progress: progressOf(snapshot),
  startTime: snapshot.started,
  description: snapshot.description,
  volumeSize: snapshot.size,
  fullSnapshotSizeInBytes: snapshot.bytes,
  encrypted: snapshot.encrypted,
  storageTier: 'standard',
  tagSet: tagSet(snapshot.tags),
})

function progressOf({image: {polls}}: Snapshot): string {
  if (polls.left <= 0) return '100%'
  return `${Math.max(0, Math.floor((100 * (polls.all - polls.left)) / polls.all))}%`
}

const fieldsOf = (snapshot: Snapshot): Fields => ({
  'snapshot-id': snapshot.id,
  status: stateOf(snapshot),
  progress: progressOf(snapshot),
  description: snapshot.description,
  'owner-id': snapshot.owner,
  'volume-size': String(snapshot.size),
  encrypted: String(snapshot.encrypted),
})
