import {defaultStateDir} from '../../../state/paths.js'
import {openPromoted} from '../../../state/promoted.js'
import type {Candidate, Place} from '../candidate.js'
import {namedCheckpoint, newestFirst} from './checkpoints.js'
import {namesAndIds} from './names.js'

/** Promoted images, and checkpoints that are images. */
export async function images(typed: string, place: Place): Promise<readonly Candidate[]> {
  const [{rows}, checkpoints] = await Promise.all([
    openPromoted(defaultStateDir(place.env)).read(),
    newestFirst(place).catch(() => []),
  ])
  const promoted = [...rows.values()].map(({id, provider, region, architecture}) => ({
    value: id,
    description: `promoted, ${provider}, ${region}, ${architecture}`,
  }))
  const made = checkpoints.filter(({tier}) => tier === 'aws-ami').map(namedCheckpoint)
  return [...promoted, ...namesAndIds(made, typed, 'chk_')]
}
