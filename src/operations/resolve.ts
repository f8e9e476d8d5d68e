import type {Checkpoint} from '../core/checkpoint.js'
import {notFoundError, usageError} from '../core/errors.js'
import type {Lease} from '../core/lease.js'
import {sameRepo, type RepoIdentity} from '../core/repo.js'
import {openCatalog} from '../state/catalog.js'
import {openLeases} from '../state/leases.js'

/** How many candidates a message lists. */
const LISTED = 6

/**
 * The lease with this id, unique prefix of an id, or slug.
 * @throws {CrabboxError} `LEASE_NOT_FOUND`, `LEASE_AMBIGUOUS`, `LEASE_RECORD_DAMAGED`
 */
export async function resolveLease(stateDir: string, text: string): Promise<Lease> {
  const {rows, damaged} = await openLeases(stateDir).read()
  const all = [...rows.values()]
  const exact = all.find(lease => lease.id === text || lease.slug === text)
  if (exact !== undefined) return exact
  if (damaged.some(({id}) => id === text))
    throw notFoundError(
      'LEASE_RECORD_DAMAGED',
      `the record of ${text} is damaged`,
      'Run crabbox doctor; a lease on a host can be taken over again with crabbox adopt.',
    )
  const byPrefix = text.startsWith('cbx_') && text.length > 4 ? all.filter(lease => lease.id.startsWith(text)) : []
  const [only, ...others] = byPrefix
  if (only === undefined)
    throw notFoundError(
      'LEASE_NOT_FOUND',
      `there is no lease ${JSON.stringify(text)}`,
      'See crabbox list, or make one with crabbox warmup.',
    )
  if (others.length === 0) return only
  throw usageError(
    'LEASE_AMBIGUOUS',
    `${text} stands for ${byPrefix.length} leases`,
    `Name one of: ${byPrefix
      .slice(0, LISTED)
      .map(lease => `${lease.id} (${lease.slug})`)
      .join(', ')}.`,
  )
}

/**
 * The checkpoint with this id or unique prefix, or the newest one of this name in the repository that the user stands in.
 * @throws {CrabboxError} `CHECKPOINT_NOT_FOUND`, `CHECKPOINT_AMBIGUOUS`
 */
export async function resolveCheckpoint(
  stateDir: string,
  text: string,
  repo: () => Promise<RepoIdentity | null>,
): Promise<Checkpoint> {
  const {rows, damaged} = await openCatalog(stateDir).read()
  const all = [...rows.values()]
  const exact = all.find(checkpoint => checkpoint.id === text)
  if (exact !== undefined) return exact
  if (damaged.some(({id}) => id === text))
    throw notFoundError('CHECKPOINT_DAMAGED', `the record of ${text} is damaged`, 'Run crabbox doctor.')
  const named = all.filter(checkpoint => checkpoint.name === text && checkpoint.state !== 'deleting')
  if (named.length > 0) return newestOf(text, named, await repo())
  const byPrefix =
    text.startsWith('chk_') && text.length > 4 ? all.filter(checkpoint => checkpoint.id.startsWith(text)) : []
  const [only, ...others] = byPrefix
  if (only === undefined)
    throw notFoundError(
      'CHECKPOINT_NOT_FOUND',
      `there is no checkpoint ${JSON.stringify(text)}`,
      'See crabbox checkpoint list.',
    )
  if (others.length === 0) return only
  throw ambiguous(text, byPrefix)
}

/** Within one repository the newest wins. Between repositories, or clocks, nobody can know, so nothing is guessed. */
function newestOf(name: string, named: readonly Checkpoint[], repo: RepoIdentity | null): Checkpoint {
  const here = named.filter(checkpoint => sameRepo(checkpoint.repo, repo))
  const candidates = here.length > 0 ? here : named
  const first = candidates[0]
  const oneRepo = first !== undefined && candidates.every(checkpoint => sameRepo(checkpoint.repo, first.repo))
  // One from the future was made when the clock was wrong, and nobody knows by how much.
  const now = new Date().toISOString()
  const doubtful = candidates.length > 1 && candidates.some(({createdAt}) => createdAt > now)
  if (!oneRepo || doubtful) throw ambiguous(name, candidates)
  return candidates.reduce((a, b) => (b.createdAt > a.createdAt ? b : a))
}

const ambiguous = (text: string, found: readonly Checkpoint[]): Error =>
  usageError(
    'CHECKPOINT_AMBIGUOUS',
    `${text} stands for ${found.length} checkpoints`,
    `Name one of: ${found
      .slice(0, LISTED)
      .map(checkpoint => `${checkpoint.id} (${checkpoint.repo?.name ?? 'no repository'}, ${checkpoint.createdAt})`)
      .join(', ')}.`,
  )
