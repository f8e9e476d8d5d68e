import {openLeases} from '../../../state/leases.js'
import {defaultStateDir} from '../../../state/paths.js'
import type {Candidate, Place} from '../candidate.js'
import {described, namesAndIds, newestOf} from './names.js'

/** Leases that are recorded here, newest first. */
export async function leases(typed: string, {env}: Place): Promise<readonly Candidate[]> {
  const {rows} = await openLeases(defaultStateDir(env)).read()
  const named = newestOf(rows.values()).map(lease => ({
    id: lease.id,
    name: lease.slug,
    description: described(lease.provider, lease),
  }))
  return namesAndIds(named, typed, 'cbx_')
}
