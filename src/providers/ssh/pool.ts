import type {Context} from '../../core/context.js'
import type {ConfiguredHost} from '../../core/host.js'
import type {LeaseRequest} from '../../core/lease.js'
import {leastLoaded} from './load.js'
import {hostMissing, type Place} from './place.js'
import {survey, type Surveyed} from './survey.js'

/** A place in the pool, counted as taken until it is given up. */
export interface Taken {
  readonly place: Place
  /** Tells that nothing was made there after all. */
  readonly giveUp: () => void
}

/** Milliseconds for which the answers of a survey count. */
const FRESH = 10_000

interface Recent {
  readonly answers: Promise<Surveyed[]>
  /** When all had answered; infinite before. */
  at: number
}

// Leases that are made by one command at the same time share a survey, and each counts for those after it: otherwise all of
// them would go to the host that had least to do before the first.
const recent = new WeakMap<AbortSignal, Recent>()

/**
 * Chooses the least loaded of the configured hosts. A lease that is on one of them already stays there.
 * @throws {CrabboxError} `HOST_MISSING`, `HOSTS_UNUSABLE`
 */
export async function takeFromPool(
  {id, host}: Pick<LeaseRequest, 'id' | 'host'>,
  hosts: readonly ConfiguredHost[],
  context: Context,
): Promise<Taken> {
  if (hosts.length === 0) throw hostMissing()
  const answers = await recentSurvey(hosts, host.acceptNewKey, context)
  const chosen = answers.find(({leases}) => leases.has(id)) ?? leastLoaded(answers)
  if (chosen === undefined) throw hostMissing()
  chosen.leases.add(id)
  return {place: chosen.place, giveUp: () => void chosen.leases.delete(id)}
}

function recentSurvey(hosts: readonly ConfiguredHost[], acceptNewKey: boolean, context: Context): Promise<Surveyed[]> {
  const {signal} = context
  const known = recent.get(signal)
  if (known !== undefined && Date.now() - known.at < FRESH) return known.answers
  const made: Recent = {answers: survey(hosts, acceptNewKey, context), at: Infinity}
  recent.set(signal, made)
  made.answers.then(
    () => (made.at = Date.now()),
    () => recent.delete(signal),
  )
  return made.answers
}
