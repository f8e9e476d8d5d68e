import type {Checkpoint} from '../../../core/checkpoint.js'
import {openCatalog} from '../../../state/catalog.js'
import {defaultStateDir} from '../../../state/paths.js'
import type {Candidate, Place} from '../candidate.js'
import {described, namesAndIds, newestOf, type Named} from './names.js'

/** Names and ids of checkpoints, newest first. */
export async function checkpoints(typed: string, place: Place): Promise<readonly Candidate[]> {
  return namesAndIds((await newestFirst(place)).map(namedCheckpoint), typed, 'chk_')
}

export async function checkpointNames(place: Place): Promise<readonly Candidate[]> {
  const named = (await newestFirst(place)).map(namedCheckpoint).filter(({name}) => name !== null)
  return namesAndIds(named, '', 'chk_')
}

/** What repositories there are checkpoints of. */
export async function repositories(place: Place): Promise<readonly Candidate[]> {
  const names = (await newestFirst(place)).flatMap(({repo}) => (repo === null ? [] : [repo.name]))
  return [...new Set(names)].map(value => ({value, description: ''}))
}

/** Labels that checkpoints have. */
export async function labels(place: Place): Promise<readonly Candidate[]> {
  const all = (await newestFirst(place)).flatMap(checkpoint => Object.entries(checkpoint.labels))
  return [...new Set(all.map(([key, value]) => `${key}=${value}`))].map(value => ({value, description: ''}))
}

export async function newestFirst({env}: Place): Promise<readonly Checkpoint[]> {
  const {rows} = await openCatalog(defaultStateDir(env)).read()
  return newestOf([...rows.values()].filter(({state}) => state !== 'deleting'))
}

export const namedCheckpoint = (checkpoint: Checkpoint): Named => ({
  id: checkpoint.id,
  name: checkpoint.name,
  description: described(checkpoint.tier, checkpoint),
})
