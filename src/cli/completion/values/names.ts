import type {RepoIdentity} from '../../../core/repo.js'
import {formatAge} from '../../format.js'
import type {Candidate} from '../candidate.js'

/** Something that goes by an id and, as a rule, by a name that is easier to type. */
export interface Named {
  readonly id: string
  readonly name: string | null
  readonly description: string
}

/**
 * Each thing once, under its name, and as often under its id when the word begins as an id does. What has no name is always
 * offered under its id. Of several with one name the first counts.
 */
export function namesAndIds(things: readonly Named[], typed: string, idPrefix: string): readonly Candidate[] {
  const asksForIds = typed !== '' && (idPrefix.startsWith(typed) || typed.startsWith(idPrefix))
  const found = new Map<string, string>()
  for (const {id, name, description} of things) {
    const value = name ?? id
    if (!found.has(value)) found.set(value, description)
  }

  for (const {id, name, description} of asksForIds ? things : [])
    if (!found.has(id)) found.set(id, name === null ? description : `${name}, ${description}`)
  return [...found].map(([value, description]) => ({value, description}))
}

/** What leases and checkpoints have in common. */
interface Dated {
  readonly createdAt: string
  readonly state: string
  readonly repo: RepoIdentity | null
}

export const newestOf = <T extends Dated>(rows: Iterable<T>): T[] =>
  [...rows].sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1))

/** What a shell shows beside a name. `kind` is what sort of thing it is. */
export const described = (kind: string, {repo, state, createdAt}: Dated): string =>
  [kind, repo?.name, state === 'ready' ? null : state, formatAge(createdAt)]
    .filter(part => typeof part === 'string')
    .join(', ')
