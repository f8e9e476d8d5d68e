import type {FoundLease} from '../../core/found-lease.js'
import {isCheckpointId, isSlug} from '../../core/ids.js'
import {MACHINE_CLASSES, type LeaseRequest, type MachineClass} from '../../core/lease.js'
import {thisUser} from '../../core/this-user.js'
import {isObject} from '../../state/json.js'

/** What a marker says of a lease. */
export type Marked = Omit<FoundLease, 'workRoot' | 'workdir' | 'details'>

/** The marker of a new lease: one line of JSON. Scripts look for its first pair. */
export const writeMarker = ({id, slug, class: size, repoName, expiresAt, forkedFrom = null}: LeaseRequest): string =>
  JSON.stringify({
    lease: id,
    slug,
    class: size,
    repo: repoName,
    owner: thisUser(),
    createdAt: new Date().toISOString(),
    expiresAt,
    forkedFrom,
  })

/** Reads a marker. Null where it is not whole, is another lease's, or would do harm in a path or on a terminal. */
export function readMarker(id: FoundLease['id'], text: string): Marked | null {
  const value = parse(text)
  if (!isObject(value)) return null
  const {lease, slug, class: size, repo, owner, createdAt, expiresAt, forkedFrom = null} = value
  if (lease !== id || !isText(slug) || !isSlug(slug) || !isClass(size)) return null
  if (!isText(repo) || !REPO.test(repo) || !isText(owner) || !OWNER.test(owner)) return null
  if (!isText(createdAt) || !isTime(createdAt)) return null
  if (expiresAt !== null && !(isText(expiresAt) && isTime(expiresAt))) return null
  if (forkedFrom !== null && !(isText(forkedFrom) && isCheckpointId(forkedFrom))) return null
  return {id, slug, class: size, repoName: repo, owner, createdAt, expiresAt, forkedFrom}
}

const REPO = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,254}$/
// No control characters, and none that turn the direction of what follows.
const OWNER = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{1,320}$/u

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const isText = (value: unknown): value is string => typeof value === 'string'
const isClass = (value: unknown): value is MachineClass => (MACHINE_CLASSES as readonly unknown[]).includes(value)
const isTime = (text: string): boolean =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text) && !Number.isNaN(Date.parse(text))
